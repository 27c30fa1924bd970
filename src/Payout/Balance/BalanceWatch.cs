using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout;

/// <summary>Looks at the platform's balance once a day, at a set time; after a stop, as soon as it runs again.</summary>
public sealed class BalanceWatch(
    [FromKeyedServices(PayoutService.Name)] WorkerDatabase database, PlatformBalance balance, PayoutOptions options, TimeProvider clock,
    ILogger<BalanceWatch> log) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnce(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException trouble) when (trouble.IsTransient || trouble is PostgresException { SqlState: "40001" or "40P01" or "57P01" or "57P02" or "57P03" })
            {
                log.DatabaseTrouble(trouble);
            }

            await Task.Delay(s_look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
