using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout;

/// <summary>
/// Delivers notices to their sinks, outside any transaction, at least once: what is not confirmed is tried again with growing pauses for a day, and then
/// given up with its reason. Money never waits for it.
/// </summary>
public sealed class NoticeRunner(
    [FromKeyedServices(PayoutService.Name)] WorkerDatabase database, IEnumerable<INoticeSink> sinks, TimeProvider clock, ILogger<NoticeRunner> log)
    : RoundLoop(database, s_idle, clock, log)
{
    public const int AttemptsMax = 12;
    private const int ClaimMax = 50;
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(500);
    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly ILogger log = log;
    private readonly Dictionary<string, INoticeSink> sinks = sinks.ToDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>30 s, doubling, at most three hours: about a day in all.</summary>
    public static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Min(30d * (1 << Math.Min(attempts - 1, 12)), 10_800));

    protected override async Task<bool> Round(CancellationToken ct) => await RunOnce(ct) == ClaimMax;

    /// <returns>How many deliveries were due.</returns>
    public async Task<int> RunOnce(CancellationToken ct)
    {
        var due = await database.Run(tx => tx.ClaimDeliveries([.. sinks.Keys], ClaimMax, clock.GetUtcNow() + s_lease), ct);
        await Task.WhenAll(due.GroupBy(d => d.Sink).Select(bySink => Deliver([.. bySink], ct)));
        return due.Count;
    }

    private async Task Deliver(IReadOnlyList<ClaimedDelivery> deliveries, CancellationToken ct)
    {
        foreach (var delivery in deliveries)
        {
            var refused = await sinks[delivery.Sink].Deliver(delivery.Notice, delivery.Level, ct);
            if (refused is not null) log.NotTold(delivery.NoticeId, delivery.Sink, delivery.Attempts, refused);
            var state = refused is null ? "sent" : delivery.Attempts >= AttemptsMax ? "given_up" : "due";
            await database.Run(tx => tx.EndDelivery(delivery, state, refused, clock.GetUtcNow() + Pause(delivery.Attempts)), ct);
        }
    }
}
