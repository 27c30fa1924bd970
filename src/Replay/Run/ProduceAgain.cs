using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Run;

/// <summary>
/// Produces the records of a plan in their order, no faster than ordered, and writes down what the broker acknowledged.
/// </summary>
internal sealed class ProduceAgain(
    KafkaSettings kafka, TimeProvider clock, WorkerDatabase database, PlanReplay planning, Action<PlanProgress> tell)
{
    private const int UnacknowledgedMax = 1_000;
    private const string CloudEventsSource = "replay";
    private static readonly TimeSpan s_writeEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_pausedLook = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_stillOnTheirWay = TimeSpan.FromSeconds(1);

    private readonly List<Task> sending = [];
    private ProducedRecords done = new(0, [], []);
    private long written;
    private long selected;
    private bool stopped;

    /// <param name="isResumed">The run was begun before: what the topic has of it counts, whether it was written down or
    /// not.</param>
    /// <returns>How many records of the plan the broker has again; fewer than were selected where it has dropped some before they
    /// were produced, or where somebody stopped the run.</returns>
    internal async Task<(long Produced, bool IsStopped)> Run(
        ReplayPlan plan, string runId, long fence, int ratePerSecond, bool isResumed, CancellationToken ct)
    {
        selected = plan.Selection.Messages;
        var (produced, progress) = await database.Run(
            async tx => ((await tx.Run(runId))!.Produced, await tx.Progress(runId)), ct);
        done = new ProducedRecords(produced, progress, isResumed ? await FindProduced(plan, runId, progress, ct) : []);
        using var producer = new MessageProducer(kafka, CloudEventsSource, clock, untilTaken: true);
        await WriteDown(runId, fence, ct);
        var (began, here) = (clock.GetTimestamp(), 0L);
        foreach (var record in planning.Selected(
            plan.Source with { Ranges = done.Rest(plan.Source.Ranges) }, new SelectionCount(), ct))
        {
            if (stopped) break;
            var (partition, offset) = (record.Envelope.Partition, record.Envelope.Offset);
            if (!done.Has(partition, offset))
            {
                if (await Throttle(++here, ratePerSecond, began, runId, fence, ct)) (began, here) = (clock.GetTimestamp(), 0);
                if (stopped) break;
                sending.Add(producer.Republish(record, ReplaySource.Header, $"{runId} {partition}/{offset}"));
            }

            done.Pass(partition, offset);
            if (sending.Count < UnacknowledgedMax && clock.GetElapsedTime(written) < s_writeEvery) continue;
            var waited = await WriteDown(runId, fence, ct);
            if (waited) (began, here) = (clock.GetTimestamp(), 0);
            tell(new PlanProgress("producing", done.Count, selected));
        }

        if (stopped) done.PassFound();
        else done.PassRest(plan.Source.Ranges);
        await WriteDown(runId, fence, ct);
        return (done.Count, stopped);
    }

    /// <summary>What the run produced before it was interrupted: also what it did not come to write down.</summary>
    /// <returns>Partition and offset of the originals.</returns>
    private async Task<IReadOnlyCollection<(int Partition, long Offset)>> FindProduced(
        ReplayPlan plan, string runId, IReadOnlyList<PartitionProgress> progress, CancellationToken ct)
    {
        // What a killed process had handed to its network may still be arriving.
        await Task.Delay(s_stillOnTheirWay, clock, ct);
        var reader = new TopicRanges(kafka);
        var begins = progress.ToDictionary(p => p.Partition, p => p.BeginsAt);
        var ranges = reader.All(plan.Source.Topic).Where(r => begins.ContainsKey(r.Partition))
            .Select(r => r with { From = Math.Max(r.From, begins[r.Partition]) }).ToArray();
        var found = new HashSet<(int, long)>();
        foreach (var record in reader.Read(plan.Source.Topic, ranges, ct))
        {
            if (record.Envelope.Headers.GetValueOrDefault(ReplaySource.Header)?.Split(' ', '/') is not [var run, var partition,
                var offset] || run != runId) continue;
            found.Add((int.Parse(partition, CultureInfo.InvariantCulture), long.Parse(offset, CultureInfo.InvariantCulture)));
        }

        return found;
    }

    /// <returns>True when the run was paused meanwhile: what it did not do then is not to be caught up with.</returns>
    private async Task<bool> Throttle(long number, int ratePerSecond, long began, string runId, long fence, CancellationToken ct)
    {
        if (ratePerSecond == 0) return false;
        var early = TimeSpan.FromSeconds((double)(number - 1) / ratePerSecond) - clock.GetElapsedTime(began);
        if (early <= TimeSpan.Zero) return false;
        if (clock.GetElapsedTime(written) > s_writeEvery && await WriteDown(runId, fence, ct)) return true;
        await Task.Delay(early, clock, ct);
        return false;
    }

    /// <summary>Waits for the broker, writes down how far it is, and while the run is paused waits for that to end.</summary>
    /// <returns>True when it was paused.</returns>
    /// <exception cref="InvariantException">Somebody else has taken the run over.</exception>
    private async Task<bool> WriteDown(string runId, long fence, CancellationToken ct)
    {
        await Task.WhenAll(sending).WaitAsync(ct);
        sending.Clear();
        for (var looks = 0; ; looks++)
        {
            var state = await database.Run(tx => tx.Produced(runId, fence, done.Count, done.Progress), ct);
            Invariant.Holds(state is not null, $"replay {runId} was taken over by another process");
            written = clock.GetTimestamp();
            stopped |= state == "stopping";
            if (state != "paused") return looks > 0;
            tell(new PlanProgress("paused", done.Count, selected));
            await Task.Delay(s_pausedLook, clock, ct);
        }
    }
}
