using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Replay.Server;

/// <summary>
/// Says how far a piece of work is, over the connection that holds its lock: when that is gone, or somebody stopped the work, the
/// work is ended.
/// </summary>
internal sealed class ReplayProgress(
    NpgsqlConnection holding, string replayId, string state, string owner, TimeProvider clock, TimeSpan every)
{
    private volatile PlanProgress now = new("beginning", 0, 0);

    internal void Tell(PlanProgress progress) => now = progress;

    /// <summary>Until the work is over; cancels it when it is not this process's any more.</summary>
    internal async Task Beat(CancellationTokenSource work)
    {
        try
        {
            while (true)
            {
                var told = now;
                if (!await WorkLockSql.Write(holding, replayId, state, owner, told, clock.GetUtcNow(), work.Token)) break;
                await Task.Delay(every, clock, work.Token);
            }
        }
        catch (NpgsqlException)
        {
            // With the connection the lock is gone.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await work.CancelAsync();
    }
}
