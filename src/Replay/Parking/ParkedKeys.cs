using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Replay.Parking;

/// <summary>The first message of a parked key as a person judges it.</summary>
/// <param name="Behind">Messages that queue behind it.</param>
/// <param name="Stakes">What will not happen to money if it is discarded; empty: no money hangs on it.</param>
/// <param name="Asked">Who wants it discarded, which waits for an approver; null: nobody.</param>
public sealed record ParkedHead(
    string Worker, ParkedRecord Message, long Behind, IReadOnlyList<Stake> Stakes, DiscardAsked? Asked);

/// <summary>A parked key of a group.</summary>
/// <param name="Offset">Of its first message, in this partition.</param>
/// <param name="ParkedAt">Since when it waits, UTC.</param>
public sealed record ParkedKeyRow(
    string Worker, string Topic, string Key, int Partition, long Offset, DateTimeOffset ParkedAt, DateTimeOffset FirstSeen,
    long Behind, bool RetryRequested, string Error);

/// <summary>Looks at parked keys and gives their first messages up, as the owner of the database.</summary>
public sealed class ParkedKeys(IConfiguration settings, TimeProvider clock)
{
    public const int ListMax = 200;

    /// <summary>The keys of a group, oldest first.</summary>
    public async Task<IReadOnlyList<ParkedKeyRow>> List(ParkedGroup group, CancellationToken ct)
    {
        var rows = new List<ParkedKeyRow>();
        foreach (var worker in group.Workers)
        {
            await using var database = Open(worker);
            rows.AddRange(await database.Run(tx => tx.RowsOf(worker, group, ListMax), ct));
        }

        return [.. rows.OrderBy(r => r.FirstSeen).ThenBy(r => r.Key, StringComparer.Ordinal).Take(ListMax)];
    }

    /// <returns>Null: nothing of the key is parked, or there is no such worker.</returns>
    public async Task<ParkedHead?> Look(string worker, string topic, string key, CancellationToken ct)
    {
        if (!IsWorker(worker)) return null;
        await using var database = Open(worker);
        if (await Parked.Show(database, topic, key, limit: 1, ct) is not [var head]) return null;
        return await database.Run(
            async tx => new ParkedHead(
                worker, head, await tx.Behind(worker, head.Topic, head.Key), await DiscardParked.StakesOf(tx, head),
                await Parked.AskedFor(tx, head)), ct);
    }

    /// <summary>Gives the message up that was looked at, or asks for it where money hangs on it.</summary>
    public async Task<DiscardAnswer> Discard(
        string worker, string topic, string key, long offset, DiscardWish wish, CancellationToken ct)
    {
        if (!IsWorker(worker)) return new DiscardAnswer.NotParked();
        await using var database = Open(worker);
        if (await Parked.Show(database, topic, key, limit: 1, ct) is not [var head]) return new DiscardAnswer.NotParked();
        return (await DiscardParked.Discard(database, head, offset, wish, ct)).Answer;
    }

    private static bool IsWorker(string name) => DeclaredWorkers.All.Any(w => w.Name == name);

    private WorkerDatabase Open(string worker) => new(worker, settings.AdminDatabase(), clock);
}
