using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Infrastructure;

/// <summary>Two processes of a worker at the same rows.</summary>
public static class Race
{
    /// <summary>
    /// One transaction has done its work and not committed when another begins; it commits once that has ended or waits for it.
    /// Both have ended then.
    /// </summary>
    /// <param name="meanwhile">While the other waits.</param>
    public static async Task Between(
        WorkerDatabase database, Func<Tx, Task> first, Func<Task> other, CancellationToken ct, Action? meanwhile = null)
    {
        var (done, mayCommit) = (new TaskCompletionSource(), new TaskCompletionSource());
        var one = database.Run(
            async tx =>
            {
                await first(tx);
                done.SetResult();
                await mayCommit.Task.WaitAsync(ct);
            }, ct);
        await Task.WhenAny(one, done.Task);
        var second = other();
        await PipelineScope.Eventually(
            async () => second.IsCompleted || await database.Run(tx => tx.QueryOne<bool>(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"),
                ct),
            "the second has ended or waits for the first");
        meanwhile?.Invoke();
        mayCommit.SetResult();
        await one;
        await second;
    }
}
