using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Requests;

/// <summary>
/// Claims due calls and keeps so many of each kind under way that none of Stripe's endpoints waits for the database. Any number
/// of these may run, in one process or in many.
/// </summary>
public sealed class CallRunner(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, CallDispatch dispatch, StripeGateway stripe,
    PayoutOptions options, TimeProvider clock, ILogger<CallRunner> log) : PollingLoop(database, s_idle, clock, log)
{
    /// <summary>
    /// Calls wait for their turn at an endpoint while others are answered: more are under way than Stripe works at.
    /// </summary>
    public const int UnderWayPerParallel = 4;

    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(100);
    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly ILogger log = log;
    private readonly List<(string Kind, Task Work)> underWay = [];
    private readonly int perKind = options.Parallel * UnderWayPerParallel;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (dispatch.Kinds.Count == 0) return;
        await base.ExecuteAsync(stoppingToken);
        await Task.WhenAll(underWay.Select(w => w.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Begins what there is room for and waits until something has ended.</summary>
    protected override async Task<bool> Round(CancellationToken ct)
    {
        var begun = stripe.IsSilent ? 0 : await Fill(underWay, ct);
        await Pause(begun, ct);
        var ended = underWay.FindAll(w => w.Work.IsCompleted);
        underWay.RemoveAll(w => w.Work.IsCompleted);
        foreach (var (_, work) in ended) await work;
        return true;
    }

    /// <summary>One round: as many due calls as may be under way at once, to their ends.</summary>
    /// <returns>How many were claimed.</returns>
    public async Task<int> RunOnce(CancellationToken ct)
    {
        var underWay = new List<(string Kind, Task Work)>();
        var begun = await Fill(underWay, ct);
        await Task.WhenAll(underWay.Select(w => w.Work));
        return begun;
    }

    private async Task<int> Fill(List<(string Kind, Task Work)> underWay, CancellationToken ct)
    {
        var room = dispatch.Kinds.Select(k => Room(underWay.Count(w => w.Kind == k))).ToArray();
        if (room.All(r => r == 0)) return 0;
        var leaseUntil = clock.GetUtcNow().AddSeconds(options.LeaseSeconds);
        var calls = await database.Run(tx => tx.ClaimCalls(dispatch.Kinds, room, leaseUntil), ct);
        foreach (var call in calls) underWay.Add((call.Kind, Run(call, leaseUntil, ct)));
        return calls.Count;
    }

    /// <summary>
    /// Some at a time, so that claiming costs little; there are always more under way than those that wait to be claimed.
    /// </summary>
    private int Room(int underWayOfKind) => perKind - underWayOfKind is var free && free * 4 >= perKind ? free : 0;

    /// <summary>Until something has ended; with nothing due, only so long.</summary>
    private Task Pause(int begun, CancellationToken ct)
    {
        if (underWay.Count == 0) return Task.Delay(s_idle, clock, ct);
        var ended = Task.WhenAny(underWay.Select(w => w.Work));
        return begun > 0 && underWay.Count >= perKind ? ended : Task.WhenAny(ended, Task.Delay(s_idle, clock, ct));
    }

    /// <summary>
    /// A call that breaks a rule is held; one that meets trouble in the database is claimed again when its lease is over.
    /// </summary>
    private async Task Run(OpenCall call, DateTimeOffset leaseUntil, CancellationToken ct)
    {
        try
        {
            await dispatch.Advance(call, leaseUntil, ct);
        }
        catch (InvariantException broken)
        {
            log.CallHeld(broken, call.Key);
            await dispatch.Hold(call, broken.Message, ct);
        }
    }
}

/// <summary>What the runner of calls logs.</summary>
internal static partial class CallLog
{
    [LoggerMessage(2, LogLevel.Error, "Call {Key} is held")]
    public static partial void CallHeld(this ILogger log, Exception broken, string key);
}
