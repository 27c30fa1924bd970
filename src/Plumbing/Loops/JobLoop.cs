using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>Runs one job for ever, a transaction a round.</summary>
internal sealed class JobLoop(
    string name, TimeSpan every, Func<IJob> make, WorkerDatabase database, TimeProvider clock, ILogger log)
    : PollingLoop(database, every, clock, log, name: $"job {name}")
{
    private readonly WorkerDatabase database = database;
    private readonly Lazy<IJob> job = new(make);

    internal string Name => name;

    internal TimeSpan Every { get; } = every;

    internal IJob Make() => make();

    protected override Task<bool> Round(CancellationToken ct) => database.Run(job.Value.Run, ct);

    protected override void Ended(TimeSpan took, bool isDone) =>
        Metrics.JobSeconds.Record(
            took.TotalSeconds, new(Metrics.Worker, database.Worker), new("job", name), new("result", isDone ? "done" : "failed"));
}

/// <summary>Keeps the machinery's own tables in shape: partitions made ahead, old ones dropped.</summary>
internal sealed class MaintenanceJob : IJob
{
    internal const long OutboxRowsPerPartition = 1_000_000;

    public async Task<bool> Run(Tx tx)
    {
        await tx.Execute($"select {tx.Schema}.outbox_maintain(@rows)", new { rows = OutboxRowsPerPartition });
        await tx.Execute($"select {tx.Schema}.inbox_maintain(@days)", new { days = Contracts.Topics.InboxDays });
        await tx.ForgetTraces();
        await AlertEpisodes.EndOfDay(tx);
        return false;
    }
}
