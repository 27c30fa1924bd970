using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay;

/// <summary>The four workers in one process, driven step by step; what one sends the others get in the order in which it was sent.</summary>
internal sealed class ShadowPipeline(IReadOnlyList<DrivenWorker> workers, ShadowClock clock) : IAsyncDisposable
{
    /// <summary>Beyond every offset a broker will give while a plan is made.</summary>
    private const long FirstOffset = 1L << 50;

    private const int BatchCountMax = 4_000;
    private const int RoundsMax = 1_000_000;

    /// <summary>So often must nothing happen, a second later each time: jobs look again within that.</summary>
    private const int QuietRounds = 3;

    private readonly Dictionary<string, Queue<DrivenRecord>> waiting = workers.ToDictionary(w => w.Name, _ => new Queue<DrivenRecord>(), StringComparer.Ordinal);
    private long nextOffset = FirstOffset;

    internal IReadOnlyList<DrivenWorker> Workers => workers;

    /// <summary>How many records each topic would have got.</summary>
    internal SortedDictionary<string, long> Sent { get; } = new(StringComparer.Ordinal);

    internal List<AlertRaisedV1> Alerts { get; } = [];

    /// <summary>Hands records to all who read their topic, and lets everything that follows happen, up to what waits for time to pass.</summary>
    internal async Task Feed(IReadOnlyList<DrivenRecord> records, CancellationToken ct)
    {
        foreach (var record in records) Route(record);
        await Flow(ct);
    }

    /// <summary>Until nothing is left to do, nor within the seconds that follow.</summary>
    internal async Task Rest(CancellationToken ct)
    {
        for (var quiet = 0; quiet < QuietRounds;)
        {
            var moved = await Flow(ct);
            foreach (var worker in workers) await worker.RunJobs(ct);
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

    /// <returns>True when anything was handled or sent.</returns>
    private async Task<bool> Flow(CancellationToken ct)
    {
        var moved = false;
        for (var round = 0; round < RoundsMax; round++)
        {
            var now = await Relay(ct);
            foreach (var worker in workers)
            {
                var queue = waiting[worker.Name];
                var batch = new List<DrivenRecord>(Math.Min(queue.Count, BatchCountMax));
                while (batch.Count < BatchCountMax && queue.TryDequeue(out var next)) batch.Add(next);
                if (batch.Count == 0) continue;
                await worker.Handle(batch, ct);
                now = true;
            }

            if (!now) return moved;
            moved = true;
        }

        throw new InvariantException($"the shadow did not come to rest within {RoundsMax} rounds");
    }

    private async Task<bool> Relay(CancellationToken ct)
    {
        var any = false;
        foreach (var worker in workers)
        {
            foreach (var record in await worker.Relay(ct))
            {
                any = true;
                Sent[record.Topic] = Sent.GetValueOrDefault(record.Topic) + 1;
                if (record.Topic == Topics.Alerts && record.Envelope() is { WireName: "alert.raised.v1" } envelope) Alerts.Add(WireJson.Read<AlertRaisedV1>(envelope.Body.Span));
                Route(record);
            }
        }

        return any;
    }

    private void Route(DrivenRecord record)
    {
        var placed = record with { Offset = nextOffset++ };
        foreach (var worker in workers)
        {
            if (worker.Topics.Contains(record.Topic)) waiting[worker.Name].Enqueue(placed);
        }
    }
}
