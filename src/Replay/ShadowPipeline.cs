using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay;

/// <summary>
/// The four workers in one process, driven step by step; what one sends the others get in the order in which it was sent.
/// </summary>
internal sealed class ShadowPipeline(IReadOnlyList<WorkerHarness> workers, ShadowClock clock) : IAsyncDisposable
{
    /// <summary>Beyond every offset a broker will give while a plan is made.</summary>
    private const long FirstOffset = 1L << 50;

    private const int BatchCountMax = 4_000;
    private const int TurnsMax = 1_000_000;

    /// <summary>So often must nothing happen, a second later each time: jobs look again within that.</summary>
    private const int QuietRounds = 3;

    private readonly Dictionary<string, Queue<HarnessRecord>> waiting = workers.ToDictionary(
        w => w.Name, _ => new Queue<HarnessRecord>(), StringComparer.Ordinal);
    private long nextOffset = FirstOffset;

    internal IReadOnlyList<WorkerHarness> Workers => workers;

    /// <summary>How many records each topic would have got.</summary>
    internal SortedDictionary<string, long> Sent { get; } = new(StringComparer.Ordinal);

    internal List<AlertRaisedV1> Alerts { get; } = [];

    /// <summary>
    /// Hands records to all who read their topic and gives every worker a turn. What follows goes on while the next are handed
    /// in; more than a batch never waits.
    /// </summary>
    internal async Task Feed(IReadOnlyList<HarnessRecord> records, CancellationToken ct)
    {
        foreach (var record in records) Route(record);
        do await Turn(ct);
        while (waiting.Values.Any(queue => queue.Count > BatchCountMax));
    }

    /// <summary>Lets everything happen that follows, up to what waits for time to pass.</summary>
    /// <returns>True when anything was handled or sent.</returns>
    internal async Task<bool> Flow(CancellationToken ct)
    {
        for (var turn = 0; turn < TurnsMax; turn++)
        {
            if (!await Turn(ct)) return turn > 0;
        }

        throw new InvariantException($"the shadow did not come to rest within {TurnsMax} turns");
    }

    /// <summary>Until nothing is left to do, nor within the seconds that follow.</summary>
    internal async Task Rest(CancellationToken ct)
    {
        for (var quiet = 0; quiet < QuietRounds;)
        {
            var moved = await Flow(ct);
            await Each(worker => worker.RunJobs(ct));
            moved |= await Relay(ct);
            quiet = moved ? 0 : quiet + 1;
            clock.Forward(TimeSpan.FromSeconds(1));
        }
    }

    internal void Forget()
    {
        Sent.Clear();
        Alerts.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers) await worker.DisposeAsync();
    }

    /// <summary>
    /// Everybody sends what there is to send, then everybody handles a batch: what comes of it does not depend on who is done
    /// first.
    /// </summary>
    /// <returns>True when anything was handled or sent.</returns>
    private async Task<bool> Turn(CancellationToken ct)
    {
        var moved = await Relay(ct);
        await Each(async worker =>
        {
            var queue = waiting[worker.Name];
            var batch = new List<HarnessRecord>(Math.Min(queue.Count, BatchCountMax));
            while (batch.Count < BatchCountMax && queue.TryDequeue(out var next)) batch.Add(next);
            if (batch.Count == 0) return;
            await worker.Handle(batch, ct);
            moved = true;
        });
        return moved;
    }

    private async Task<bool> Relay(CancellationToken ct)
    {
        var sent = await Task.WhenAll(workers.Select(worker => Task.Run(() => worker.Relay(ct))));
        foreach (var record in sent.SelectMany(s => s))
        {
            Sent[record.Topic] = Sent.GetValueOrDefault(record.Topic) + 1;
            if (record.Topic == Topics.Alerts && record.Envelope() is { WireName: "alert.raised.v1" } envelope)
                Alerts.Add(WireJson.Read<AlertRaisedV1>(envelope.Body.Span));
            Route(record);
        }

        return sent.Any(s => s.Count > 0);
    }

    /// <summary>
    /// All workers at once, each on a thread of its own: they share nothing but the clock, which stands still meanwhile.
    /// </summary>
    private Task Each(Func<WorkerHarness, Task> work) => Task.WhenAll(workers.Select(worker => Task.Run(() => work(worker))));

    private void Route(HarnessRecord record)
    {
        var placed = record with { Offset = nextOffset++ };
        foreach (var worker in workers)
        {
            if (worker.Topics.Contains(record.Topic)) waiting[worker.Name].Enqueue(placed);
        }
    }
}
