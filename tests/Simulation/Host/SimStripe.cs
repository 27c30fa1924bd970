using System.Net;
using System.Text;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.Simulation;

/// <summary>Stripe: the simulator's own state, reached without a network.</summary>
internal sealed class SimStripe(SimWorld world)
{
    /// <summary>What may become of a request.</summary>
    internal static readonly IReadOnlyList<string> Faults =
    [
        FaultKind.TimeoutBefore, FaultKind.TimeoutAfter, FaultKind.TimeoutAfter, FaultKind.ServerErrorCommitted,
        FaultKind.ServerErrorRolledBack, FaultKind.KeyInUse, FaultKind.RateLimited, FaultKind.LockTimeout,
    ];

    private static readonly TimeSpan[] s_outages = [TimeSpan.FromHours(2), TimeSpan.FromHours(25), TimeSpan.FromHours(30)];

    /// <summary>What a request hears whose key's first one is not done yet.</summary>
    private static readonly string[] s_stillAtIt = [FaultKind.KeyInUse, FaultKind.LockTimeout, FaultKind.RateLimited];

    private const int StillAtItPercent = 40;

    /// <summary>Seldom is a player's balance looked at, and what it then says decides what is lost.</summary>
    private const int RefusedLookPercent = 30;
    private readonly SeededRandom looks = world.ChanceOf("looks");

    /// <summary>Of what goes wrong at Stripe: from the table of all answers rather than one of those above.</summary>
    private const int AnswersPercent = 60;

    /// <summary>Of requests that were carried out, and whose answer nobody heard.</summary>
    private readonly HashSet<string> lostKeys = new(StringComparer.Ordinal);

    internal StripeState State { get; } = new();

    /// <summary>
    /// Until then no worker reaches Stripe; what it has done just before nobody knows, and it forgets its keys meanwhile.
    /// </summary>
    internal DateTimeOffset OutageUntil { get; private set; }

    /// <summary>What went from players' accounts to banks, and how it stands.</summary>
    internal SortedDictionary<string, string> BankPayouts { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of what others have made, moved or edited: reconciliation may name it.</summary>
    internal HashSet<string> ByOthers { get; } = new(StringComparer.Ordinal);

    /// <summary>What others have moved of the balance, and its movement: reconciliation has to know of each.</summary>
    internal List<(string Source, string Id)> MovedByOthers { get; } = [];

    /// <summary>Whose each account is, as it was made.</summary>
    internal Dictionary<string, string> Holders { get; } = new(StringComparer.Ordinal);

    /// <summary>Payouts that had failed, and that a person has sent again.</summary>
    internal HashSet<string> Retried { get; } = new(StringComparer.Ordinal);

    internal bool MadeByOthers(SimTransfer transfer) => transfer.TransferGroup is null && ByOthers.Contains(transfer.Id);

    /// <summary>What an operator has given back by hand of the fee of each entry.</summary>
    internal Dictionary<(string ContestId, string EntryId), long> RefundedMinor { get; } = [];

    internal void EndOutage() => OutageUntil = default;

    /// <summary>Something was asked for since the last look at what is new.</summary>
    internal bool IsChanged { get; set; } = true;

    internal StripeConnection Connection(PayoutOptions options, TimeProvider clock, Func<SimProcess> process) => new(
        options, clock, new Handler(world, process, State), onward => new Leaving(world, process, onward));

    /// <summary>
    /// A request on its way out: until the last look at the clock its process may stand still for as long as it likes.
    /// </summary>
    private sealed class Leaving(SimWorld world, Func<SimProcess> caller, HttpMessageHandler onward) : DelegatingHandler(onward)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var process = caller();
            await world.Point(process,
                $"{process.Worker}, {request.Method.Method} "
                    + $"{Routes.Endpoint(await Received(request, world, cancellationToken))}, before");
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>What an operator, a player or the test does to Stripe; never fails by itself.</summary>
    internal string Ask(string method, string path, string parameters, string? key = "sk_test_simulation")
    {
        var outcome = State.Execute(new SimRequest(method, path, parameters, null, null, key, world.Clock.GetUtcNow()), null);
        return outcome.Response!.Status == 200
            ? outcome.Response.Body
            : throw new InvalidOperationException(
                $"{method} {path} {parameters}: {outcome.Response.Status} {outcome.Response.Body}");
    }

    /// <summary>The same, where Stripe may refuse.</summary>
    internal void Try(string method, string path, string parameters) =>
        State.Execute(new SimRequest(method, path, parameters, null, null, "sk_test_simulation", world.Clock.GetUtcNow()), null);

    private sealed class Handler(SimWorld world, Func<SimProcess> caller, StripeState state) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var process = caller();
            var received = await Received(request, world, cancellationToken);
            var what = $"{process.Worker}, {received.Method} {Routes.Endpoint(received)}";
            var outcome = Serve(received, what);
            await world.Point(process, $"{what}, after");
            if (outcome.IsDropped) throw new HttpRequestException("the simulation cut the connection");
            var answer = new HttpResponseMessage((HttpStatusCode)outcome.Response!.Status)
            {
                Content = new StringContent(outcome.Response.Body, Encoding.UTF8, "application/json"), RequestMessage = request,
            };
            foreach (var (name, value) in outcome.Response.Headers) answer.Headers.TryAddWithoutValidation(name, value);
            return answer;
        }

        /// <returns>What the table of answers has for the operation; null: one of the others comes.</returns>
        private IReadOnlyList<string>? OfTable(SimRequest received)
        {
            if (Routes.Endpoint(received) is not { } endpoint || !AnswerTable.Endpoints.Contains(endpoint))
                throw new SimFailure($"{received.Method} {received.Path} is not in the table of Stripe's answers");
            return !world.IsWithout(Weather.Answers) && world.Random.Chance(AnswersPercent) ? SimAnswers.Of(endpoint) : null;
        }

        private bool IsLookRefused(SimRequest received) =>
            received.StripeAccount is not null && world.Weather.StripeFaultPercent > 0 && !world.IsWithout(Weather.Answers)
                && Routes.Endpoint(received) == SimAnswers.Look && world.Stripe.looks.Chance(RefusedLookPercent);

        private SimOutcome Serve(SimRequest received, string what)
        {
            if (state.Admit(received, out var fault) is { } refusal)
                return new SimOutcome(state.Refuse(received, refusal), null, false);
            if (world.Clock.GetUtcNow() < world.Stripe.OutageUntil)
            {
                world.Faults.Hit($"long outage at {what}");
                fault = new Fault(FaultKind.TimeoutBefore, 0, null);
            }
            else if (received.IdempotencyKey is { } lost && world.Stripe.lostKeys.Remove(lost)
                && world.Random.Chance(StillAtItPercent))
            {
                fault = new Fault(world.Random.Pick(s_stillAtIt), 0, null);
                world.Faults.Hit($"{fault.Kind} at {what}");
            }
            else if (received.Method == "GET" && Routes.Endpoint(received) is { } read
                && world.Reads?.Answer(read, received.Path) is { } refusedFor)
            {
                fault = new Fault(refusedFor, 0, null);
            }
            else if (IsLookRefused(received))
            {
                fault = new Fault(world.Stripe.looks.Pick(SimAnswers.RefusedLooks), 0, null);
                world.Faults.Hit($"{fault.Kind} at a look at a player's balance");
            }
            else if (world.Random.Chance(
                received.Method == "POST" ? 2 * world.Weather.StripeFaultPercent : world.Weather.StripeFaultPercent))
            {
                fault = new Fault(world.Random.Pick(OfTable(received) ?? Faults), 0, null);
                world.Faults.Hit($"{fault.Kind} at {what}");
                if (fault.Kind == FaultKind.TimeoutAfter && received.IdempotencyKey is { } key) world.Stripe.lostKeys.Add(key);
                if (fault.Kind == FaultKind.TimeoutAfter && received.Method == "POST"
                    && world.Random.Chance(world.Weather.OutagePercent))
                    world.Stripe.OutageUntil = world.Clock.GetUtcNow() + world.Random.Pick(s_outages);
            }

            var outcome = state.Execute(received, fault);
            world.Stripe.IsChanged |= received.Method == "POST";
            world.Note($"{what} {received.IdempotencyKey} {fault?.Kind} {outcome.Response?.Status}");
            return outcome;
        }
    }

    private static async Task<SimRequest> Received(HttpRequestMessage request, SimWorld world, CancellationToken ct)
    {
        var parameters = request.Content is { } content
            ? await content.ReadAsStringAsync(ct) : request.RequestUri!.Query.TrimStart('?');
        return new SimRequest(
            request.Method.Method, request.RequestUri!.AbsolutePath, parameters, Header(request, "Idempotency-Key"),
            Header(request, "Stripe-Account"), request.Headers.Authorization?.Parameter,
            world.Clock.GetUtcNow() + world.Stripe.State.ClockOffset);
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
