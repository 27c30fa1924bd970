using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>An athlete of a line-up: the feed that named him, the line that counted, its points rule by rule.</summary>
/// <param name="LineVersion">0: he has no line.</param>
/// <param name="LineAt">Where that version stands; null when the topic has only other versions of it.</param>
internal sealed record ExplainedSlot(
    string Slot, string AthleteId, string GameId, bool RuledOut, long LineVersion, Place? LineAt,
    IReadOnlyDictionary<string, long> Stats, IReadOnlyList<RulePoints> Rules, long AthletePoints, int MultiplierHundredths,
    long Points, IReadOnlyList<FeedMention> Feed);

/// <summary>One entry from the feed to its prize.</summary>
/// <param name="Points">In units of the rule set's scale.</param>
/// <param name="Published">The prize as it was published; null: none.</param>
internal sealed record ExplainedEntry(
    string ContestId, int Revision, string EntryId, string PlayerId, long AcceptanceNo, string RuleSet, int Scale,
    string Currency, IReadOnlyList<Place> Messages, IReadOnlyList<ExplainedSlot> Slots, long Points, PrizeSteps Steps,
    PrizeV1? Published, Place? PublishedAt, string PublishedDigest, string ComputedDigest, ExplainedChange Change)
{
    /// <summary>What was published is what the steps lead to.</summary>
    public bool Agrees =>
        PublishedDigest == ComputedDigest && (Published?.NetMinor ?? 0) == Change.MoreNetMinor
            && (Published?.FeeMinor ?? 0) == Change.MoreFeeMinor;
}

/// <summary>
/// What the revision adds to what those before it awarded, and what it takes back; the first adds the whole prize. Minor units.
/// </summary>
internal sealed record ExplainedChange(long MoreNetMinor, long MoreFeeMinor, long LessNetMinor, long LessFeeMinor);

/// <summary>Follows entries of one contest from the topics to their prizes.</summary>
internal sealed class ExplainEntry(ContestRecords records, int revision)
{
    private readonly ContestDefinitionV1 definition = records.Copy.Definition!;
    private readonly SettlementResult result = records.Copy.Settle(revision);
    private readonly Correction announced = records.Copy.Announced(revision);
    private readonly ContestFinalizedV1 finalized = records.Told<ContestFinalizedV1>()
        .Where(f => f.Message.Revision == revision).MaxBy(f => f.Message.Attempt ?? 1)!.Message;

    /// <exception cref="RefusedException">No such entry takes part, or there is no result.</exception>
    public IReadOnlyList<ExplainedEntry> Of(IReadOnlyCollection<string> entryIds, CancellationToken ct)
    {
        var settled = records.Copy.Settled.GetValueOrDefault(revision)
            ?? throw new RefusedException($"no result of {definition.ContestId} revision {revision} has been published");
        var rules = records.Copy.RuleSet!;
        var entries = entryIds.Select(id => (Id: id, Index: result.Entries.EntryIds.IndexOf(id))).ToArray();
        foreach (var unknown in entries.Where(e => e.Index < 0))
            throw new RefusedException($"{unknown.Id} takes no part in {definition.ContestId}");

        var games = AthletePool.Of(definition, result.Entries)
            .ToDictionary(a => a.AthleteId, a => a.GameId, StringComparer.Ordinal);
        var wanted = entries.SelectMany(e => Lineup(e.Index)).Select(a => (games[a], a)).ToHashSet();
        var feed = records.Feed(wanted, ct);
        return [.. entries.Select(e => Entry(e.Id, e.Index, settled, rules, games, feed))];
    }

    /// <summary>What the revision awards to a player, entry by entry; a later one only what it adds to those before it.</summary>
    public IReadOnlyList<AwardedEntry> AwardedTo(string playerId)
    {
        var (prizes, more) = (result.Awards, announced.Result.Awards);
        return
        [
            .. more.Winners.Where(w => result.Entries.Players[result.Entries.PlayerOf[w]] == playerId)
                .Select(w => new AwardedEntry(
                result.Entries.EntryIds[w], prizes.GrossMinor[w], prizes.GrossMinor[w] - more.GrossMinor[w], more.GrossMinor[w],
                more.FeeMinor[w], more.GrossMinor[w] - more.FeeMinor[w])),
        ];
    }

    private ExplainedEntry Entry(
        string entryId, int index, ContestSettledV1 settled, RuleSet rules, Dictionary<string, string> games,
        ILookup<(string GameId, string AthleteId), FeedMention> feed)
    {
        var slots = Lineup(index)
            .Select((athlete,
                i) => Slot(definition.Roster.Slots[i], games[athlete], athlete, rules, feed[(games[athlete], athlete)]))
                .ToArray();
        var points = slots.Sum(s => s.Points);
        var ranked = result.Ranking.Points[result.Ranking.GroupOf[index]];
        Invariant.Holds(points == ranked, $"entry {entryId}: the slots add up to {points}, it is ranked by {ranked}");

        var (prize, at) = records.Told<ContestAwardsV1>().Where(a => a.Message.Revision == revision)
            .SelectMany(a =>
                a.Message.Players.SelectMany(p => p.Prizes).Where(p => p.EntryId == entryId).Select(p => (Prize: p, a.Place)))
                .FirstOrDefault();
        return new ExplainedEntry(
            definition.ContestId, revision, entryId, result.Entries.Players[result.Entries.PlayerOf[index]],
            result.Entries.AcceptanceNos[index], $"{rules.Name} {rules.Version}", rules.Scale, definition.Currency,
            [.. Messages(entryId)], slots, points, PrizeSteps.Of(definition, result, index), prize, at, settled.Digest,
            announced.Result.Digest, Change(index));
    }

    private ExplainedChange Change(int index)
    {
        var (more, less) = (announced.Result.Awards, announced.Reductions);
        return new ExplainedChange(
            more.GrossMinor[index] - more.FeeMinor[index], more.FeeMinor[index], less.GrossMinor[index] - less.FeeMinor[index],
            less.FeeMinor[index]);
    }

    private ExplainedSlot Slot(RosterSlotV1 slot, string gameId, string athleteId, RuleSet rules, IEnumerable<FeedMention> feed)
    {
        var game = finalized.Games.First(g => g.GameId == gameId);
        var version = game.LineVersions.GetValueOrDefault(athleteId);
        var line = records.Told<StatLineV1>()
            .FirstOrDefault(l => l.Message.GameId == gameId && l.Message.AthleteId == athleteId && l.Message.Version == version);
        var stats = line.Message?.Stats ?? new Dictionary<string, long>();
        var parts = game.RuledOut || line.Message is null ? [] : PointsByRule.Of(rules, stats);
        var points = parts.Sum(p => p.Points);
        return new ExplainedSlot(
            slot.Name, athleteId, gameId, game.RuledOut, version, line.Place, stats, parts, points, slot.MultiplierHundredths,
            ScoreLine.Multiplied(points, slot.MultiplierHundredths), [.. feed]);
    }

    private string[] Lineup(int index) =>
        result.Entries.Lineups[result.Entries.LineupOf[index]].Split(
            EntryBookBuilder.Separator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// The definition, what was said about the entry, the completion and the result, as they stand on the topics.
    /// </summary>
    private IEnumerable<Place> Messages(string entryId) =>
        records.Told<ContestPublishedV1>().Select(m => m.Place)
            .Concat(records.Told<EntryAcceptedV1>().Where(m => m.Message.EntryId == entryId).Select(m => m.Place))
            .Concat(records.Told<EntryChangedV1>().Where(m => m.Message.EntryId == entryId).Select(m => m.Place))
            .Concat(records.Told<ContestFinalizedV1>()
                .Where(m => m.Message.Revision == revision && m.Message.Attempt == finalized.Attempt).Select(m => m.Place))
            .Concat(records.Told<ContestSettledV1>().Where(m => m.Message.Revision == revision).Select(m => m.Place));
}
