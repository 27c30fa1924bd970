using System.Diagnostics;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Stripe;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>
/// The only way to Stripe: paced so that we never cause our own rate limits, behind a circuit breaker, without hidden
/// repetitions, and with every way a call can end sorted into a <see cref="StripeAnswer"/>. Never called inside a database
/// transaction.
/// </summary>
public sealed class StripeGateway
{
    /// <summary>Reads of the payouts' own path share one pace.</summary>
    public const string Reads = "reads";

    private static readonly StripeAnswer.RetryLater s_tooLate = new("not sent: the lease was too short for the queue");
    private static readonly StripeAnswer.RetryLater s_whose = new(
        "not sent: it is not known yet of which account at Stripe the keys are");
    private static readonly StripeAnswer.RetryLater s_unannounced = new(
        "not sent: other processes may not know yet that this one shares the account's rate");

    private readonly TimeProvider clock;
    private readonly StripeConnection money;
    private readonly IStripeClient readingClient;
    private readonly PayoutOptions options;
    private readonly CircuitBreakerStateProvider circuit = new();
    private readonly CircuitBreakerStateProvider readingCircuit = new();
    private readonly ILogger log;
    private readonly WorkerDatabase? alerts;
    private long leftAloneUntilTicks;
    private volatile bool isAccountUnknown;
    private volatile bool readsWithMoneyKey;
    private volatile bool areBooksUnknown;
    private readonly ResiliencePipeline<StripeAnswer> pipeline;
    private readonly ResiliencePipeline<StripeAnswer> readingPipeline;

    /// <param name="reading">Speaks with a key that can only look; null: there is only one key.</param>
    /// <param name="alerts">Where a person is told of a key that Stripe does not take, whoever asked; null: nobody is
    /// told.</param>
    public StripeGateway(
        StripeConnection money, PayoutOptions options, TimeProvider clock, IStripeClient? reading = null, ILogger? log = null,
        WorkerDatabase? alerts = null)
    {
        this.alerts = alerts;
        this.log = log ?? NullLogger.Instance;
        readingClient = reading ?? money.Looking;
        this.money = money;
        this.options = options;
        this.clock = clock;
        Paces = new StripeRateLimiters(options.RatePerSecond, clock);
        pipeline = Guard(circuit, "money");
        readingPipeline = reading is null ? pipeline : Guard(readingCircuit, "reading");
    }

    /// <summary>
    /// True while Stripe is taken to be down and left alone. False again once the pause is over, although nobody has asked yet:
    /// the circuit stays open until a request is made, and it is whoever looks here that makes it.
    /// </summary>
    public bool OutageSuspected =>
        circuit.CircuitState == CircuitState.Open && clock.GetUtcNow().UtcTicks < Interlocked.Read(ref leftAloneUntilTicks);

    /// <summary>True while nothing would be sent: nobody needs to claim work.</summary>
    public bool IsSilent => Paces.IsClosed || isAccountUnknown || areBooksUnknown || OutageSuspected;

    /// <summary>
    /// While true nothing is asked of Stripe: the keys may be of another account than the one the books tell of.
    /// </summary>
    public void AccountIsUnknown(bool isUnknown) => isAccountUnknown = isUnknown;

    /// <summary>While true nobody claims work: Stripe may have transfers that the books have lost.</summary>
    public void BooksAreUnknown(bool areUnknown) => areBooksUnknown = areUnknown;

    /// <summary>From here on everything is asked with the key that moves money: the other one does not say whose it is.</summary>
    public void ReadWithMoneyKey() => readsWithMoneyKey = true;

    private IStripeClient Reading => readsWithMoneyKey ? money.Looking : readingClient;

    /// <summary>How fast this process may ask.</summary>
    public StripeRateLimiters Paces { get; }

    /// <summary>Records whether Stripe is asked.</summary>
    internal void TellCircuits()
    {
        PayoutMetrics.Tell(circuit, "money");
        PayoutMetrics.Tell(readingCircuit, "reading");
    }

    /// <summary>Looks for something, with the key that can only look where there is one.</summary>
    /// <param name="look">Concludes from what Stripe shows; whatever it throws means that nothing is known.</param>
    public Task<LookUpResult> LookUp(
        string endpoint, Func<IStripeClient, CancellationToken, Task<LookUpResult>> look, CancellationToken ct) =>
        LookUp(endpoint, endpoint, look, ct);

    /// <param name="pace">Shared with other endpoints, such as <see cref="Reads"/>.</param>
    /// <inheritdoc cref="LookUp(string, Func{IStripeClient, CancellationToken, Task{LookUpResult}}, CancellationToken)"/>
    public async Task<LookUpResult> LookUp(
        string pace, string endpoint, Func<IStripeClient, CancellationToken, Task<LookUpResult>> look, CancellationToken ct) =>
        LookUpResult.Of(await Guarded(readingPipeline, endpoint, async token =>
        {
            using var permit = await Paces.Of(pace).Acquire(token);
            return new StripeAnswer.Found(await look(Reading, token));
        }, ct));

    /// <summary>One request that changes something, at the pace of its endpoint.</summary>
    /// <param name="sendBefore">After this moment the lease may not cover the request any more, and it is not made.</param>
    public Task<StripeAnswer> Make(
        string endpoint, Func<IStripeClient, CancellationToken, Task<object>> request, DateTimeOffset sendBefore,
        CancellationToken ct) =>
        Change(endpoint, async (client, token) => new StripeAnswer.Found(await request(client, token)), sendBefore, ct);

    /// <inheritdoc cref="Make"/>
    /// <param name="request">Says what its answer means.</param>
    public Task<StripeAnswer> Change(
        string endpoint, Func<IStripeClient, CancellationToken, Task<StripeAnswer>> request, DateTimeOffset sendBefore,
        CancellationToken ct) =>
        Guarded(pipeline, endpoint, async token =>
        {
            using var permit = await Paces.Of(endpoint).Acquire(sendBefore, token);
            if (permit is null) return s_tooLate;
            return await request(money.SendingBefore(sendBefore), token);
        }, ct);

    /// <summary>Reads something, at the pace of its endpoint, with the key that can only look where there is one.</summary>
    public Task<StripeAnswer> Look(
        string endpoint, Func<IStripeClient, CancellationToken, Task<object>> request, CancellationToken ct) =>
        Guarded(readingPipeline, endpoint, async token =>
        {
            using var permit = await Paces.Of(endpoint).Acquire(token);
            return new StripeAnswer.Found(await request(Reading, token));
        }, ct);

    /// <returns>Account, also of one that Stripe says is not there or not ours; anything else, another refusal too, when it could
    /// not be read now.</returns>
    public async Task<StripeAnswer> ReadAccount(string accountId, CancellationToken ct)
    {
        var answer = await Guarded(readingPipeline, "accounts.read", async token =>
        {
            using var permit = await Paces.Of(Reads).Acquire(token);
            var readAt = clock.GetUtcNow();
            var account = await new AccountService(Reading).GetAsync(accountId, cancellationToken: token);
            return new StripeAnswer.Account(AccountReading.Of(account, readAt));
        }, ct);
        return answer is StripeAnswer.AccountNotReady or StripeAnswer.Refused { Code: "resource_missing" }
            ? new StripeAnswer.Account(AccountReading.OfUnreadable(accountId, clock.GetUtcNow())) : answer;
    }

    /// <summary>
    /// A key that can only look has a breaker of its own: that Stripe refuses it is no reason to hold money back.
    /// </summary>
    private ResiliencePipeline<StripeAnswer> Guard(
        CircuitBreakerStateProvider state, string name) => new ResiliencePipelineBuilder<StripeAnswer> { TimeProvider = clock }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<StripeAnswer>
        {
            FailureRatio = 0.8,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = options.OutagePause,
            StateProvider = state,
            OnOpened = opened =>
            {
                if (state == circuit)
                    Interlocked.Exchange(ref leftAloneUntilTicks, (clock.GetUtcNow() + opened.BreakDuration).UtcTicks);
                log.TakenToBeDown(
                    name, opened.BreakDuration, opened.Outcome.Result?.Words ?? opened.Outcome.Exception?.Message ?? "");
                TellCircuits();
                return ValueTask.CompletedTask;
            },
            OnHalfOpened = _ =>
            {
                log.AskedAgain(name);
                return ValueTask.CompletedTask;
            },
            OnClosed = _ =>
            {
                log.AnswersAgain(name);
                TellCircuits();
                return ValueTask.CompletedTask;
            },
            ShouldHandle = args =>
                ValueTask.FromResult(
                    args.Outcome.Result is StripeAnswer.Unknown or StripeAnswer.RetryLater { Key: KeyFault.Refused }),
        })
        .Build();

    /// <summary>
    /// Measured: a span, a count and a time, with what came of it. Of a key that Stripe does not take a person is told here,
    /// where nobody who asks can forget it.
    /// </summary>
    private async Task<StripeAnswer> Guarded(
        ResiliencePipeline<StripeAnswer> guard, string endpoint, Func<CancellationToken, Task<StripeAnswer>> call,
        CancellationToken ct)
    {
        using var span = Telemetry.Spans.StartActivity($"stripe {endpoint}", ActivityKind.Client);
        var started = clock.GetTimestamp();
        var answer = Paces.IsClosed ? s_unannounced : isAccountUnknown ? s_whose : await Protected(guard, call, ct);
        PayoutMetrics.Called(endpoint, answer, clock.GetElapsedTime(started), span);
        if (alerts is not null && answer is StripeAnswer.RetryLater { Key: not KeyFault.None } busy)
            await alerts.Run(
                tx => KeyAlerts.Tell(
                    tx, guard == pipeline || readsWithMoneyKey ? "STRIPE_API_KEY" : "STRIPE_RESTRICTED_KEY", endpoint, busy), ct);
        return answer;
    }

    private static async Task<StripeAnswer> Protected(
        ResiliencePipeline<StripeAnswer> pipeline, Func<CancellationToken, Task<StripeAnswer>> call, CancellationToken ct)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await SortedCall.Of(call, token), ct);
        }
        catch (BrokenCircuitException)
        {
            return new StripeAnswer.RetryLater("not sent: Stripe is taken to be down");
        }
    }
}
