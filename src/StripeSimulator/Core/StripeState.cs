using System.Globalization;
using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// Stripe as a function of the requests it got: no clock, no disk, no network. The same requests at the same moments give the
/// same answers.
/// </summary>
/// <remarks>
/// Not for concurrent use. <see cref="Admit"/> decides what befalls a request, <see cref="Execute"/> lets it happen; only the
/// second changes what is kept.
/// </remarks>
public sealed class StripeState
{
    private readonly Books books = new();
    private readonly AllOperations operations;
    private readonly AdminOperations admin;
    private readonly RateLimiter limiter = new();
    private readonly FaultPlan faults = new();
    private long changeCount;
    private long otherCount;

    public StripeState()
    {
        operations = new AllOperations(books);
        admin = new AdminOperations(books, operations, Keys, limiter, faults);
    }

    public IdempotencyKeys Keys { get; } = new();

    public RequestLog Log { get; } = new();

    /// <summary>How far the simulated clock runs ahead.</summary>
    public TimeSpan ClockOffset => admin.ClockOffset;

    public IEnumerable<SimTransfer> Transfers => books.Transfers.All;

    /// <summary>Events that are still to be sent.</summary>
    public Deliveries Deliveries => books.Deliveries;

    /// <summary>Every event there ever was, of the platform and of all accounts, newest first.</summary>
    public IReadOnlyList<object> EventsToStripe() =>
        [.. books.Events.All.Reverse().Select(happened => happened.ToStripe(Deliveries.OpenFor(happened.Id)))];

    public IReadOnlyList<FaultOrder> FaultOrders => faults.Orders;

    /// <summary>The request as a whole, for callers in the same process; waits are reported and not waited for.</summary>
    public SimOutcome Apply(SimRequest request) =>
        Admit(request, out var fault) is { } refusal
            ? new SimOutcome(Refuse(request, refusal), null, false) : Execute(request, fault);

    /// <summary>Key, rate limit and faults, in this order: all before the idempotency layer.</summary>
    /// <returns>Null when the request may be executed.</returns>
    public SimResponse? Admit(SimRequest request, out Fault? fault)
    {
        fault = null;
        if (request.IsAdmin || request.IsPage) return null;
        if (request.ApiKey is null) return StripeErrors.Unauthorized("You did not provide an API key.");
        if (!(request.ApiKey.StartsWith("sk_test_", StringComparison.Ordinal)
            || request.ApiKey.StartsWith("rk_test_", StringComparison.Ordinal)))
            return StripeErrors.Unauthorized("Invalid API Key provided. This simulator takes test keys only.");
        if (request.StripeAccount is { } account && books.ConnectedAccount(account) is null)
            return StripeErrors.NoAccess(account);
        if (Routes.Endpoint(request) is not { } endpoint) return StripeErrors.UnknownUrl(request.Method, request.Path);
        if (limiter.Refusal(endpoint, request.At) is { } reason) return StripeErrors.RateLimited(reason);
        fault = faults.Draw(endpoint);
        return null;
    }

    /// <summary>Notes a request that was not admitted.</summary>
    public SimResponse Refuse(SimRequest request, SimResponse refusal) =>
        Answered(request, new FormParameters(request.Parameters).Hash(), refusal, null, NextRequestId(isKept: false))!;

    /// <summary>Lets a request of an earlier run happen again.</summary>
    public void Replay(SimRequest request, Fault? fault)
    {
        faults.Take(fault);
        Execute(request, fault);
    }

    public SimOutcome Execute(SimRequest request, Fault? fault)
    {
        books.Mature(request.At.ToUnixTimeSeconds());
        if (request.IsAdmin || request.IsPage)
        {
            books.Begin(request, requestId: null);
            return new SimOutcome(request.IsAdmin ? admin.Execute(request) : operations.Page(request), null, true);
        }

        var requestId = NextRequestId(isKept: request.IsChange || fault is not null);
        books.Begin(request, requestId);

        var parameters = new FormParameters(request.Parameters);
        var hash = parameters.Hash();
        if (fault?.Kind == FaultKind.TimeoutBefore)
            return new SimOutcome(Answered(request, hash, null, fault, requestId), fault, false);
        if (BeforeIdempotency(request, fault) is { } refused)
            return new SimOutcome(Answered(request, hash, refused, fault, requestId), fault, false);
        if (fault?.Kind == FaultKind.ForgetKeys) Keys.Forget();

        var response = request.IsPost ? Once(request, parameters, hash, fault, requestId) : Perform(request, parameters, fault);
        response = AnswerShaping.Shown(AnswerTable.Find(fault?.Kind), response, request.At.ToUnixTimeSeconds());
        return new SimOutcome(Answered(request, hash, response, fault, requestId), fault, true);
    }

    public static SimResponse Ok(object body) => new(200, JsonSerializer.Serialize(body));

    private static SimResponse? BeforeIdempotency(SimRequest request, Fault? fault) => fault?.Kind switch
    {
        FaultKind.KeyInUse => StripeErrors.KeyInUse(request.IdempotencyKey ?? ""),
        FaultKind.RateLimited => StripeErrors.RateLimited("endpoint-concurrency"),
        FaultKind.RateLimitedNoReason => StripeErrors.RateLimited(null),
        FaultKind.LockTimeout => StripeErrors.LockTimeout(),
        _ => AnswerShaping.Instead(AnswerTable.Find(fault?.Kind)),
    };

    private SimResponse Once(SimRequest request, FormParameters parameters, string hash, Fault? fault, string requestId)
    {
        if (Keys.IsInFlight(request)) return StripeErrors.KeyInUse(request.IdempotencyKey!);
        if (Keys.Answer(request, hash) is { } replayed) return replayed;
        var response = Perform(request, parameters, fault);
        Keys.Save(request, hash, response, requestId);
        return response;
    }

    /// <summary>A committed server error befalls only what was executed: a refused parameter stays a refused parameter.</summary>
    private SimResponse Perform(SimRequest request, FormParameters parameters, Fault? fault)
    {
        if (fault?.Kind == FaultKind.ServerErrorRolledBack) return StripeErrors.ServerError();
        if (AnswerShaping.InExecution(AnswerTable.Find(fault?.Kind)) is { } refused) return refused;
        var response = operations.Perform(request, parameters, withoutFunds: fault?.Kind == FaultKind.InsufficientFunds);
        response = Expansion.Apply(response, parameters, books, request.At.ToUnixTimeSeconds());
        return fault?.Kind == FaultKind.ServerErrorCommitted && response.IsSaved ? StripeErrors.ServerError() : response;
    }

    /// <summary>
    /// Requests that are kept are counted by themselves: a later run must count them alike, since events carry the number.
    /// </summary>
    private string NextRequestId(bool isKept) => isKept
        ? string.Create(CultureInfo.InvariantCulture, $"req_sim_{++changeCount:D8}")
        : string.Create(CultureInfo.InvariantCulture, $"req_simr_{++otherCount:D8}");

    /// <summary>When there will be something to send if nobody asks for anything until then; null when there will not.</summary>
    public DateTimeOffset? NextDueAt =>
        books.NextMatureAt is { } seconds && DateTimeOffset.FromUnixTimeSeconds(seconds) is var matures
            && !(books.Deliveries.NextDueAt < matures)
            ? matures
            : books.Deliveries.NextDueAt;

    /// <summary>Takes what is due to be sent, signed as of now.</summary>
    public IReadOnlyList<SignedDelivery> TakeDeliveries(DateTimeOffset at, long signedAt, int countMax)
    {
        books.Mature(at.ToUnixTimeSeconds());
        var taken = new List<SignedDelivery>();
        foreach (var delivery in books.Deliveries.Take(at, countMax))
        {
            var endpoint = books.WebhookEndpoints.Find(delivery.Endpoint)!;
            var body = JsonSerializer.Serialize(
                books.Events.Find(delivery.Event)!.ToStripe(books.Deliveries.OpenFor(delivery.Event)));
            taken.Add(new SignedDelivery(
                delivery.Sequence, endpoint.Url, body,
                WebhookSignature.Header(body, endpoint.Secrets(at.ToUnixTimeSeconds()), signedAt)));
        }

        return taken;
    }

    private SimResponse? Answered(SimRequest request, string hash, SimResponse? response, Fault? fault, string requestId)
    {
        var replayed = response?.Headers.ContainsKey("Idempotent-Replayed") ?? false;
        Log.Add(new LoggedRequest(
            changeCount + otherCount, request.At, request.Method, request.Path, Routes.Endpoint(request) ?? "",
            request.IdempotencyKey, hash, response?.Status, replayed, fault?.Kind,
            fault?.Kind is FaultKind.TimeoutBefore or FaultKind.TimeoutAfter, requestId));
        if (response is null) return null;
        var headers = new Dictionary<string, string>(
            response.Headers) { ["Request-Id"] = requestId, ["Stripe-Version"] = SimEvent.ApiVersion };
        if (request.IdempotencyKey is { } key && request.IsPost) headers["Idempotency-Key"] = key;
        return response with { Headers = headers };
    }
}
