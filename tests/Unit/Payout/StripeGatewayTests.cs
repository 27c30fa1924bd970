using System.Net;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using Microsoft.Extensions.Logging;
using Stripe;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// The way to Stripe without a network: the version asked for, and the circuit that opens when nothing is answered and closes by
/// itself.
/// </summary>
public sealed class StripeGatewayTests
{
    private static readonly PayoutOptions s_options = new(
        "sk_test_x", "http://stripe.invalid", PayoutPolicy.Default, RatePerSecond: 1000, Parallel: 8, LeaseSeconds: 60,
        StripeTimeoutSeconds: 10, TimeSpan.FromSeconds(15));

    [Fact]
    public async Task Every_request_asks_for_the_pinned_version_of_the_API_once()
    {
        using var stripe = new Answering(HttpStatusCode.OK);

        await Gateway(stripe, new ForwardClock()).ReadAccount("acct_1", CancellationToken.None);

        Assert.Equal(["2026-10-28.endive"], Assert.Single(stripe.Versions));
    }

    [Fact]
    public async Task When_nothing_is_answered_Stripe_is_left_alone_for_a_while_and_then_asked_again()
    {
        using var stripe = new Answering(HttpStatusCode.InternalServerError);
        var clock = new ForwardClock();
        var gateway = Gateway(stripe, clock);

        for (var i = 0; i < 30; i++)
            Assert.IsNotType<StripeAnswer.Account>(await gateway.ReadAccount("acct_1", CancellationToken.None));
        var suspected = gateway.OutageSuspected;
        var asked = stripe.Versions.Count;
        stripe.Status = HttpStatusCode.OK;
        Assert.IsType<StripeAnswer.RetryLater>(await gateway.ReadAccount("acct_1", CancellationToken.None));
        clock.Forward(s_options.OutagePause);
        var suspectedAfterThePause = gateway.OutageSuspected;
        var probed = await gateway.ReadAccount("acct_1", CancellationToken.None);

        Assert.True(suspected);
        Assert.False(suspectedAfterThePause); // else nobody would ever probe: the runners ask nothing while it is true
        Assert.Equal(10, asked);
        Assert.Equal("active", Assert.IsType<StripeAnswer.Account>(probed).Reading.Transfers);
        Assert.False(gateway.OutageSuspected);
        Assert.Equal(11, stripe.Versions.Count);
    }

    [Fact]
    public async Task That_Stripe_is_left_alone_and_that_it_answers_again_is_logged()
    {
        using var stripe = new Answering(HttpStatusCode.InternalServerError);
        var (clock, log) = (new ForwardClock(), new Lines());
        var gateway = Gateway(stripe, clock, log);

        for (var i = 0; i < 30; i++) await gateway.ReadAccount("acct_1", CancellationToken.None);
        stripe.Status = HttpStatusCode.OK;
        clock.Forward(s_options.OutagePause);
        await gateway.ReadAccount("acct_1", CancellationToken.None);

        Assert.Collection(
            log.Written,
            line => Assert.StartsWith(
                "Error: Stripe is taken to be down (money): nothing is sent for 00:00:15; the last answer was: http 500", line,
                StringComparison.Ordinal),
            line => Assert.Equal("Warning: Stripe is asked again (money), by one request", line),
            line => Assert.Equal("Warning: Stripe answers again (money): payments go on", line));
    }

    /// <summary>
    /// Found by simulated seeds: a process that stood still for a day sent its request all the same, and an entry was paid for
    /// twice.
    /// </summary>
    [Fact]
    public async Task A_request_that_was_held_up_past_its_lease_within_the_process_is_not_sent()
    {
        using var stripe = new Answering(HttpStatusCode.OK);
        var clock = new ForwardClock();
        var heldUpBy = TimeSpan.Zero;
        var gateway = new StripeGateway(
            new StripeConnection(s_options, clock, stripe, onward => new HeldUp(clock, () => heldUpBy, onward)), s_options,
            clock);
        var before = clock.GetUtcNow().AddSeconds(50);

        var inTime = await gateway.Make("refunds.create", Refund, before, CancellationToken.None);
        heldUpBy = TimeSpan.FromSeconds(51);
        var late = await gateway.Make("refunds.create", Refund, before, CancellationToken.None);
        var looked = await gateway.ReadAccount("acct_1", CancellationToken.None);

        Assert.IsType<StripeAnswer.Found>(inTime);
        Assert.Equal(new StripeAnswer.RetryLater("not sent: the time for it had passed"), late);
        Assert.IsType<StripeAnswer.Account>(looked);
        Assert.Equal(2, stripe.Versions.Count);

        static async Task<object> Refund(IStripeClient client, CancellationToken ct) =>
            await new RefundService(client)
                .CreateAsync(new RefundCreateOptions { PaymentIntent = "pi_1", Amount = 1 }, cancellationToken: ct);
    }

    [Fact]
    public async Task That_a_key_lacks_one_permission_stops_nothing_but_what_needs_it()
    {
        using var stripe = new Answering(HttpStatusCode.OK) { Forbids = "/v1/payouts/" };
        var clock = new ForwardClock();
        var gateway = Gateway(stripe, clock);
        var attempt = new PayoutAttempt(
            "p", 1, "payout/p/a1", "hash", "acct_1", DateTimeOffset.UnixEpoch, AttemptOutcome.Open, 0, null, null);
        var payout = new PayoutRecord("p", "c", 1, "player", 100, "usd", PayoutState.Submitting, null, 0, 0, null);

        var refused = new List<StripeAnswer>();
        for (var i = 0; i < 30; i++)
            refused.Add(
                await gateway.Look("payouts.get",
                    async (client, ct) => await new global::Stripe.PayoutService(client).GetAsync("po_1", cancellationToken: ct),
                    CancellationToken.None));
        var sent = await gateway.Send(payout, attempt, clock.GetUtcNow().AddMinutes(1), CancellationToken.None);
        var read = await gateway.Look(
            "payment_intents.read",
            async (client, ct) => await new PaymentIntentService(client).GetAsync("pi_1", cancellationToken: ct),
            CancellationToken.None);

        Assert.All(refused,
            answer => Assert.Contains(
                "rak_payout_read", Assert.IsType<StripeAnswer.RetryLater>(answer).What, StringComparison.Ordinal));
        Assert.False(gateway.OutageSuspected);
        Assert.IsType<TransferFacts>(Assert.IsType<StripeAnswer.Found>(sent).Object);
        Assert.IsType<StripeAnswer.Found>(read);
    }

    private static StripeGateway Gateway(HttpMessageHandler stripe, TimeProvider clock, ILogger? log = null) =>
        new(new StripeConnection(s_options, clock, stripe), s_options, clock, log: log);

    /// <summary>The process stands still after it has decided to send, and before it does.</summary>
    private sealed class HeldUp(ForwardClock clock, Func<TimeSpan> by, HttpMessageHandler onward) : DelegatingHandler(onward)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            clock.Forward(by());
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>What was logged, line by line.</summary>
    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add($"{logLevel}: {formatter(state, exception)}");
    }

    /// <summary>A clock that goes on by itself and can be put forward.</summary>
    private sealed class ForwardClock : TimeProvider
    {
        private TimeSpan shift;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;

        public void Forward(TimeSpan by) => shift += by;
    }

    /// <summary>Stripe as far as it is needed here: one status for everything.</summary>
    private sealed class Answering(HttpStatusCode status) : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = status;

        /// <summary>What the key has no permission for.</summary>
        public string? Forbids { get; init; }

        public List<string[]> Versions { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Versions.Add([.. request.Headers.GetValues("Stripe-Version")]);
            var isForbidden = Forbids is not null
                && request.RequestUri!.AbsolutePath.StartsWith(Forbids, StringComparison.Ordinal);
            var body = isForbidden
                ? """{"error":{"type":"invalid_request_error","message":"Having the 'rak_payout_read' permission would allow this request to continue."}}"""
                : Status == HttpStatusCode.OK
                ? """{"id":"acct_1","object":"account","metadata":{"player_id":"p"},"capabilities":{"transfers":"active"}}"""
                : """{"error":{"type":"api_error","message":"down"}}""";
            return Task.FromResult(
                new HttpResponseMessage(isForbidden
                    ? HttpStatusCode.Forbidden : Status) { Content = new StringContent(body, Encoding.UTF8, "application/json"),
                        RequestMessage = request });
        }
    }
}
