using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Replay.Run;

/// <summary>Waits until the workers have done what a run gave them, and compares what came of it with the plan.</summary>
internal sealed class AwaitWorkers(
    IConfiguration settings, KafkaSettings kafka, TimeProvider clock, WorkerDatabase database, Action<PlanProgress> tell)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);
    private static readonly string[] s_workers = [.. DeclaredWorkers.All.Select(w => w.Name)];

    /// <summary>
    /// What one worker sends is what the next reads: as often as there are workers the topics' ends are looked up and waited for,
    /// then those of the outboxes. What others give the workers to do after that is not waited for.
    /// </summary>
    /// <param name="patience">For each of these, and beyond what the plan foretells of correction windows for the
    /// contests.</param>
    /// <param name="isWhole">False: only a part of the plan was produced, so that what came of it is not compared.</param>
    /// <returns>What did not come as planned.</returns>
    internal async Task<IReadOnlyList<string>> Settled(ReplayPlan plan, bool isWhole, TimeSpan patience, CancellationToken ct)
    {
        var planning = new PlanReplay(settings, kafka, clock, tell);
        var world = new PlanStaleness(settings, kafka, clock);
        for (var hop = 0; hop < s_workers.Length; hop++)
        {
            var atFirst = await planning.Unread();
            var ends = atFirst.ToDictionary(u => (u.Worker, u.Topic, u.Partition), u => u.End);
            var unread = atFirst.All(u => u.Lag == 0) ? 0 : await Left(
                async () => (await planning.Unread()).Sum(u =>
                    u.LagUpTo(ends.GetValueOrDefault((u.Worker, u.Topic, u.Partition)))), "records to read", patience, ct);
            if (unread > 0) return [.. await Missed(), $"the workers have {unread} records still to read"];
            var positions = await database.Run(tx => tx.OutboxPositions(s_workers), ct);
            var unsent = await Left(() => database.Run(tx => tx.Unsent(positions), ct), "messages to send", patience, ct);
            if (unsent > 0)
                return [.. await Missed(), $"the workers have {unsent} messages that the broker has not taken"];
        }

        IReadOnlyList<string> missed = [];
        await Left(
            async () => (missed = await Missed()).Count, "differences from the plan",
            patience + TimeSpan.FromSeconds(plan.Effect.WaitsSeconds), ct);
        return missed;

        async Task<IReadOnlyList<string>> Missed() => isWhole ? await world.Missed(plan, ct) : [];
    }

    /// <returns>What was left when nothing was, or when it got on no further.</returns>
    private async Task<long> Left(Func<Task<long>> ask, string what, TimeSpan limit, CancellationToken ct)
    {
        var (patience, began) = (new StallDetector(limit), clock.GetTimestamp());
        while (true)
        {
            var left = await ask();
            if (left == 0 || patience.RanOut(left, clock.GetElapsedTime(began))) return left;
            tell(new PlanProgress($"waiting for the workers, {left} {what}", 0, 1));
            await Task.Delay(s_look, clock, ct);
        }
    }
}
