using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>Figures that are read from the database now and then. Register it keyed by the worker's name.</summary>
public interface IMeasure
{
    /// <summary>Reads in a transaction of its own and records; asked only while somebody listens.</summary>
    Task Measure(Tx tx);
}

/// <summary>Reads what a worker can only know from its database: parked keys, and what the worker itself adds.</summary>
internal sealed partial class MeasureLoop(
    string worker, WorkerDatabase database, IEnumerable<IMeasure> measures, TimeSpan every, TimeProvider clock, ILogger log)
    : BackgroundService, IHasHeartbeat
{
    public Heartbeat Heartbeat { get; } = new(worker, "measure", every + Heartbeat.Patience, clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Heartbeat.Beat();
            if (Metrics.ParkedKeys.Enabled)
            {
                var outcome = await Worker.Attempt(() => Once(stoppingToken), stoppingToken);
                if (outcome is Outcome.Transient transient) Log.Left(log, transient.Error.Message);
                if (outcome is Outcome.Poison poison) Log.Failed(log, poison.Error);
            }

            await Backoff.Wait(every, clock, stoppingToken);
        }
    }

    /// <summary>Reads and records everything once.</summary>
    internal async Task Once(CancellationToken ct)
    {
        await database.Run(Parked, ct);
        foreach (var measure in measures) await database.Run(measure.Measure, ct);
    }

    private static async Task Parked(Tx tx)
    {
        var parked = await tx.QueryOne<ParkedCount>(
            $"select (select count(*) from {tx.Schema}.parked_key) as keys, (select count(*) from {tx.Schema}.parked) as "
                + $"messages");
        Metrics.ParkedKeys.Record(parked!.Keys, Metrics.Of(tx.Schema));
        Metrics.ParkedMessages.Record(parked.Messages, Metrics.Of(tx.Schema));
    }

    /// <summary>Constructor order is column order.</summary>
    private sealed record ParkedCount(long Keys, long Messages);

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Figures were not read and are read again later: {Cause}")]
        internal static partial void Left(ILogger log, string cause);

        [LoggerMessage(LogLevel.Error, "Figures could not be read")]
        internal static partial void Failed(ILogger log, Exception error);
    }
}
