using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Notifications;

/// <summary>
/// Delivers the notices of one sink, outside any transaction, at least once: what is not confirmed is tried again with growing
/// pauses for a day, and then given up with its reason. Each sink has a loop of its own, so that one that does not answer keeps
/// nobody waiting who is told another way; money waits for none.
/// </summary>
/// <param name="sink">Whose notices these are.</param>
public sealed class NoticeRunner(WorkerDatabase database, INoticeSink sink, TimeProvider clock, ILogger<NoticeRunner> log)
    : PollingLoop(database, s_idle, clock, log, name: $"notices {sink.Name}")
{
    public const int AttemptsMax = 12;
    private const int ClaimMax = 50;

    /// <summary>A sink that takes longer over a notice has not taken it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>No try begins later than this after its claim: it ends, and is written down, within the lease.</summary>
    private static readonly TimeSpan s_beginWithin = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(500);
    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly ILogger log = log;

    /// <summary>30 s, doubling, at most three hours: about a day in all.</summary>
    /// <param name="attempts">That there were so far, from 1.</param>
    public static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Min(30d * (1 << Math.Min(attempts - 1, 12)), 10_800));

    protected override async Task<bool> Round(CancellationToken ct) => await RunOnce(ct) > 0;

    /// <summary>
    /// One round: what is due to staff, or if nothing is, what is due to players. What there is no time for comes due again when
    /// its lease ends.
    /// </summary>
    /// <returns>How many deliveries were due.</returns>
    public async Task<int> RunOnce(CancellationToken ct)
    {
        var claimedAt = clock.GetUtcNow();
        var due = await database.Run(tx => Claim(tx, claimedAt + s_lease), ct);
        foreach (var delivery in due)
        {
            if (clock.GetUtcNow() - claimedAt >= s_beginWithin) break;
            await Deliver(delivery, ct);
        }

        return due.Count;
    }

    private async Task<IReadOnlyList<ClaimedDelivery>> Claim(Tx tx, DateTimeOffset leaseUntil) =>
        await tx.ClaimDeliveries(sink.Name, forStaff: true, ClaimMax, leaseUntil) is { Count: > 0 } toStaff
            ? toStaff
            : await tx.ClaimDeliveries(sink.Name, forStaff: false, ClaimMax, leaseUntil);

    private async Task Deliver(ClaimedDelivery delivery, CancellationToken ct)
    {
        var refused = await Try(delivery, ct);
        var attempts = delivery.Attempts + 1;
        if (refused is not null) log.NotTold(delivery.NoticeId, sink.Name, attempts, refused);
        var state = refused is null ? "sent" : attempts >= AttemptsMax ? "given_up" : "due";
        await database.Run(tx => tx.EndDelivery(delivery, state, refused, clock.GetUtcNow() + Pause(attempts)), ct);
    }

    /// <summary>
    /// Whatever goes wrong at the sink is a refusal of this notice and of no other; nor is a sink waited for that does not heed
    /// its cancellation.
    /// </summary>
    /// <returns>Null when it was taken; otherwise why not.</returns>
    private async Task<string?> Try(ClaimedDelivery delivery, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(s_patience, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        string? refused = null;
        var failure = await Failure(
            async () => refused = await sink.Deliver(delivery.Notice, delivery.Level, end.Token).WaitAsync(end.Token), ct);
        if (failure is null) return refused;
        return late.IsCancellationRequested
            ? "no answer in time" : $"{failure.Message} {failure.InnerException?.Message}".Trim().Replace('\0', ' ');
    }
}
