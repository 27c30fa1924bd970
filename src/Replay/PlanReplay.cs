using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Replay;

/// <summary>What an operator wants replayed.</summary>
/// <param name="Partition">Null: all of them.</param>
/// <param name="FromOffset">Of each partition; null: the oldest that is there.</param>
/// <param name="ToOffset">Up to and without it; null: the end at this moment.</param>
/// <param name="Reprocess">What is known is handled anew.</param>
public sealed record ReplayWish(
    string Topic, int? Partition, long? FromOffset, long? ToOffset, DateTimeOffset? NotBefore, DateTimeOffset? Before,
    string? Key, string? Contest, string? Game, string? OfReplay, bool Reprocess = false);

/// <summary>Makes plans: fixes what is selected, tries it out, says how far behind the live workers are.</summary>
public sealed class PlanReplay(IConfiguration settings, KafkaSettings kafka, TimeProvider clock, Action<PlanProgress> tell)
{
    private readonly TopicRanges ranges = new(kafka);

    public async Task<ReplayPlan> Of(ReplayWish wish, CancellationToken ct)
    {
        var source = await Source(wish, ct);
        Invariant.Holds(Selected(source, new SelectionCount(), ct).Any(),
            $"no record of {wish.Topic} is selected: nothing lies in those offsets and times under that key, contest or game");
        if (NewerLeftOut(source, ct) is { } leftOut) throw new InvariantException(leftOut);
        var count = new SelectionCount();
        var expected = source.Ranges.Sum(r => r.To - r.From);
        return await Make(source, file: null,
            Selected(source, count, ct).Select(r => new PlannedRecord(HarnessRecord.Of(r.Envelope), r.WrittenAt)), count,
            expected, ct);
    }

    /// <summary>What a file of feed messages would do if it were played.</summary>
    public async Task<ReplayPlan> Of(FileInfo file, CancellationToken ct)
    {
        var feed = await PlannedFeed.Read(file, ct);
        var source = new ReplaySource(Topics.FeedGames, [], null, null, null, null, null, null);
        return await Make(
            source, feed.File, feed.Records, new SelectionCount(), feed.Records.Count, ct);
    }

    /// <summary>The records of a source, counted as they are read.</summary>
    internal IEnumerable<KafkaRecord> Selected(ReplaySource source, SelectionCount count, CancellationToken ct)
    {
        foreach (var record in ranges.Read(source.Topic, source.Ranges, ct))
        {
            if (source.Selects(record.Envelope, record.WrittenAt)) yield return record;
            else if (source.LeavesReplaysOut && record.Envelope.Headers.ContainsKey(ReplaySource.Header)) count.SkippedReplays++;
        }
    }

    /// <summary>
    /// A compacted topic keeps the newest record of each key, and a replay writes its records as the newest ones: an older one
    /// alone would take the place of the right one for ever.
    /// </summary>
    /// <returns>What is wrong with the selection, in words; null: of each key that is selected the newest record is.</returns>
    internal string? NewerLeftOut(ReplaySource source, CancellationToken ct)
    {
        if (!Topics.Find(source.Topic).Compacted) return null;
        var planned = source.Ranges.ToDictionary(r => r.Partition);
        var toEnd = ranges.All(source.Topic).Where(r => planned.ContainsKey(r.Partition))
            .Select(r => r with { From = planned[r.Partition].From }).ToArray();
        var newest = new NewestOfKeys();
        foreach (var record in ranges.Read(source.Topic, toEnd, ct))
            newest.Add(record.Envelope.Key,
                record.Envelope.Offset < planned[record.Envelope.Partition].To
                    && source.Selects(record.Envelope, record.WrittenAt));
        return newest.LeftOut is not [var first, ..] keys ? null
            : $"{source.Topic} keeps only the newest record of each key, and newer records of {keys.Count} selected keys are "
                + $"not selected ({first} is one): the replay would leave the "
                + "older ones as the newest; plan it up to the end, without --to, --to-offset and --of-replay";
    }

    /// <summary>What each worker has still to read of each partition.</summary>
    internal async Task<IReadOnlyList<UnreadPartition>> Unread()
    {
        using var admin = new TopicAdmin(kafka);
        return await new UnreadRecords(kafka, admin.List()).Of(DeclaredTopics.All());
    }

    private async Task<ReplayPlan> Make(ReplaySource source, PlannedFile? file, IEnumerable<PlannedRecord> records,
        SelectionCount count, long expected, CancellationToken ct)
    {
        tell(new PlanProgress("asking how far the workers are", 0, 0));
        var unread = (await Unread()).Sum(u => u.Lag);
        var (effect, migrations) = await new MakePlan(settings, clock, tell, source.Reprocess).Run(records, count, expected, ct);
        return new ReplayPlan(
            ReplayPlan.FormatNow, settings.PipelineEnvironment(), kafka.TopicPrefix, clock.GetUtcNow(), migrations, source, file,
            count.Done(), unread, effect);
    }

    private async Task<ReplaySource> Source(ReplayWish wish, CancellationToken ct)
    {
        var all = ranges.All(wish.Topic);
        if (OutsideTopic.Fault(wish, all) is { } outside) throw new InvariantException(outside);
        IReadOnlyList<PartitionRange> wanted =
        [
            .. all.Where(r => wish.Partition is null || r.Partition == wish.Partition).Select(r => r with
            {
                From = Math.Max(r.From, wish.FromOffset ?? r.From), To = Math.Min(r.To, wish.ToOffset ?? r.To),
            }).Where(r => r.From < r.To),
        ];
        if (wish.NotBefore is { } time && wanted.Count > 0) wanted = ranges.NotBefore(wish.Topic, wanted, time);
        return new ReplaySource(wish.Topic, wanted, wish.NotBefore, wish.Before, wish.Key, wish.Contest, await Games(wish, ct),
            wish.OfReplay, wish.Reprocess);
    }

    /// <summary>A contest's games, because the feed knows games only.</summary>
    private async Task<IReadOnlyList<string>?> Games(ReplayWish wish, CancellationToken ct)
    {
        if (wish.Game is { } game) return [game];
        if (wish.Contest is not { } contest) return null;
        var admin = settings.AdminDatabase();
        await using var live = new WorkerDatabase(ScoringService.Name, EffectSql.ReadOnly(admin), clock);
        var games = await live.Run(tx => tx.GameIdsOf(contest), ct);
        Invariant.Holds(games.Count > 0, $"contest {contest} is not known");
        return games;
    }
}
