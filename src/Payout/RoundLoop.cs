using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout;

/// <summary>
/// Work in rounds, over and over, that asks Stripe or others between its transactions. The database's troubles are waited out; everything else is a bug and
/// ends the worker.
/// </summary>
public abstract class RoundLoop : BackgroundService, IHasPulse
{
    /// <summary>For rounds that may read long lists from Stripe.</summary>
    protected static readonly TimeSpan LongRound = TimeSpan.FromHours(2);

    private static readonly TimeSpan s_trouble = TimeSpan.FromSeconds(2);

    private readonly TimeSpan pause;
    private readonly TimeProvider clock;
    private readonly ILogger log;

    /// <param name="roundMax">A round that takes longer is stuck.</param>
    protected RoundLoop(TimeSpan pause, TimeProvider clock, ILogger log, TimeSpan? roundMax = null)
    {
        (this.pause, this.clock, this.log) = (pause, clock, log);
        Pulse = new Pulse(PayoutService.Name, GetType().Name, pause + (roundMax ?? Pulse.Patience), clock);
    }

    public Pulse Pulse { get; }

    /// <returns>True when there is more to do at once.</returns>
    protected abstract Task<bool> Round(CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            Pulse.Beat();
            try
            {
                if (!await Round(stoppingToken)) await Task.Delay(pause, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException trouble) when (WorkerDatabase.PassesBy(trouble))
            {
                log.DatabaseTrouble(trouble);
                await Task.Delay(s_trouble, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
