using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>Runs one job for ever: a transaction a run, at once again while there is more, waiting longer after failures, never dying of one.</summary>
internal sealed partial class JobLoop(string name, TimeSpan every, Func<IJob> make, WorkerDatabase database, TimeProvider clock, ILogger log)
    : BackgroundService, IHasPulse
{
    public Pulse Pulse { get; } = new(database.Worker, $"job {name}", every + Pulse.Patience, clock);

    internal string Name => name;

    internal TimeSpan Every => every;

    internal IJob Make() => make();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var job = make();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            Pulse.Beat();
            var more = false;
            var started = clock.GetTimestamp();
            var outcome = await Worker.Attempt(async () => more = await database.Run(job.Run, stoppingToken), stoppingToken);
            failures = outcome is Outcome.Done ? 0 : failures + 1;
            Metrics.JobSeconds.Record(
                clock.GetElapsedTime(started).TotalSeconds, new(Metrics.Worker, database.Worker), new("job", name), new("result", failures == 0 ? "done" : "failed"));
            if (outcome is Outcome.Transient transient) Log.Again(log, name, transient.Error.Message);
            if (outcome is Outcome.Poison poison) await Tell(poison.Error, stoppingToken);
            if (more && failures == 0) continue;
            await Backoff.Wait(failures == 0 ? every : Backoff.After(failures), clock, stoppingToken);
        }
    }

    private async Task Tell(Exception error, CancellationToken ct)
    {
        Log.Failed(log, error, name);
        await Worker.Attempt(() => database.Run(
            tx =>
            {
                tx.Alert($"job-failed/{tx.Schema}/{name}/{error.GetType().Name}/{tx.Now:yyyyMMdd}", "critical", "job-failed", $"{tx.Schema} job {name}",
                    $"{error.GetType().Name}: {error.Message}".Replace('\0', ' '), "The job is tried again by itself; mend the cause it names.");
                return Task.CompletedTask;
            }, ct), ct);
    }

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Job {Name} is tried again: {Cause}")]
        internal static partial void Again(ILogger log, string name, string cause);

        [LoggerMessage(LogLevel.Error, "Job {Name} failed")]
        internal static partial void Failed(ILogger log, Exception error, string name);
    }
}

/// <summary>Keeps the machinery's own tables in shape: partitions made ahead, old ones dropped.</summary>
internal sealed class MaintenanceJob : IJob
{
    internal const long OutboxRowsPerPartition = 1_000_000;

    public async Task<bool> Run(Tx tx)
    {
        await tx.Execute($"select {tx.Schema}.outbox_maintain(@rows)", new { rows = OutboxRowsPerPartition });
        await tx.Execute($"select {tx.Schema}.inbox_maintain((@today at time zone 'UTC')::date, @days)", new { today = tx.Now, days = Contracts.Topics.InboxDays });
        await tx.ForgetTraces();
        return false;
    }
}
