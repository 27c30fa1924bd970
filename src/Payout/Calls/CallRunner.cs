using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout;

/// <summary>
/// Claims due calls and keeps so many of each kind under way that none of Stripe's endpoints waits for the database. Any number of these may run, in one
/// process or in many.
/// </summary>
public sealed class CallRunner(
    [FromKeyedServices(PayoutService.Name)] WorkerDatabase database, CallDispatch dispatch, StripeGateway stripe, PayoutOptions options,
    TimeProvider clock, ILogger<CallRunner> log)
    : BackgroundService, IHasPulse
{
    /// <summary>Calls wait for their turn at an endpoint while others are answered: more are under way than Stripe works at.</summary>
    public const int UnderWayPerParallel = 4;

    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_trouble = TimeSpan.FromSeconds(2);
    private readonly int perKind = options.Parallel * UnderWayPerParallel;

    public Pulse Pulse { get; } = new(PayoutService.Name, nameof(CallRunner), Pulse.Patience, clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (dispatch.Kinds.Count == 0) return;
        var underWay = new List<(string Kind, Task Work)>();
        while (!stoppingToken.IsCancellationRequested)
        {
            Pulse.Beat();
            try
            {
                var begun = stripe.IsSilent ? 0 : await Fill(underWay, stoppingToken);
                await Pause(underWay, begun, stoppingToken);
                await Collect(underWay);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (NpgsqlException trouble) when (WorkerDatabase.PassesBy(trouble))
            {
                log.DatabaseTrouble(trouble);
                await Task.Delay(s_trouble, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(underWay.Select(w => w.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    /// <summary>Some at a time, so that claiming costs little; there are always more under way than those that wait to be claimed.</summary>
    private int Room(int underWayOfKind) => perKind - underWayOfKind is var free && free * 4 >= perKind ? free : 0;

    /// <summary>Until something has ended; with nothing due, only so long.</summary>
    private Task Pause(List<(string Kind, Task Work)> underWay, int begun, CancellationToken ct)
    {
        if (underWay.Count == 0) return Task.Delay(s_idle, clock, ct);
        var ended = Task.WhenAny(underWay.Select(w => w.Work));
        return begun > 0 && underWay.Count >= perKind ? ended : Task.WhenAny(ended, Task.Delay(s_idle, clock, ct));
    }

    private static async Task Collect(List<(string Kind, Task Work)> underWay)
    {
        var ended = underWay.FindAll(w => w.Work.IsCompleted);
        underWay.RemoveAll(w => w.Work.IsCompleted);
        foreach (var (_, work) in ended) await work;
    }

    /// <summary>A call that breaks a rule is held; one that meets trouble in the database is claimed again when its lease is over.</summary>
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
    [LoggerMessage(1, LogLevel.Warning, "The database did not answer; calls are tried again")]
    public static partial void DatabaseTrouble(this ILogger<CallRunner> log, Exception trouble);

    [LoggerMessage(2, LogLevel.Error, "Call {Key} is held")]
    public static partial void CallHeld(this ILogger log, Exception broken, string key);
}
