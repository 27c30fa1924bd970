using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Balance;

/// <summary>Looks at the platform's balance once a day, at a set time; after a stop, as soon as it runs again.</summary>
public sealed class BalanceWatch(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, PlatformBalance balance, PayoutOptions options,
    TimeProvider clock, ILogger<BalanceWatch> log) : PollingLoop(database, s_look, clock, log)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);
    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;

    /// <returns>True when it was time and the balance was read.</returns>
    public async Task<bool> RunOnce(CancellationToken ct)
    {
        var last = await database.Run(tx => tx.LastScheduledSnapshot(), ct);
        return IsDue(last, clock.GetUtcNow(), options.BalanceCheckAt) && await balance.Check("schedule", ct) is not null;
    }

    /// <param name="at">Time of day, UTC.</param>
    public static bool IsDue(DateTimeOffset? last, DateTimeOffset now, TimeSpan at)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + at;
        var latest = now >= today ? today : today.AddDays(-1);
        return last is null || last < latest;
    }

    protected override async Task<bool> Round(CancellationToken ct)
    {
        await RunOnce(ct);
        return false;
    }
}
