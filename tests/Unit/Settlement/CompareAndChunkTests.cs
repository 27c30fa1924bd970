using ContestPipeline.Contracts;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Settlement;

/// <summary>The comparison with Scoring's ranking, and the cutting of results into messages.</summary>
public sealed class CompareAndChunkTests
{
    private static IReadOnlyList<ScoreGroupV1> Groups(SettlementResult result) =>
        [.. Enumerable.Range(0, result.Ranking.Groups).Select(g => new ScoreGroupV1(
            result.Ranking.Points[g], result.Ranking.EntriesOf(g).Length,
            EntryHash.OfIds(result.Ranking.EntriesOf(g).ToArray().Select(e => result.Entries.EntryIds[e]))))];

    private static string? Difference(
        SettlementResult result, IEnumerable<ScoreGroupV1> groups) => CompareRankings.FirstDifference(
        result.Ranking, result.Entries,
        groups.Chunk(2).Select((part, i) => new RankingChunkV1(result.ContestId, 1, i, part)).Reverse());

    [Fact]
    public void The_same_ranking_has_no_difference_and_any_other_has_one()
    {
        for (ulong seed = 0; seed < 500; seed++)
        {
            var result = SettlementCases.Make(seed).Settle();
            var groups = Groups(result);
            Assert.Null(Difference(result, groups));
            if (groups.Count == 0) continue;

            var at = (int)(seed % (ulong)groups.Count);
            Assert.NotNull(Difference(result, groups.Where((_, i) => i != at)));
            Assert.NotNull(Difference(result, [.. groups, new ScoreGroupV1(long.MinValue, 1, "")]));
            Assert.NotNull(Difference(result, groups.Select((g, i) => i == at ? g with { Points = g.Points + 1 } : g)));
            Assert.NotNull(Difference(result, groups.Select((g, i) => i == at ? g with { Entries = g.Entries + 1 } : g)));
            Assert.Contains(
                "not the same ones", Difference(result, groups.Select((g, i) => i == at ? g with { EntriesHash = "other" } : g)));
        }
    }

    [Fact]
    public void The_first_difference_names_the_place_both_figures_and_an_entry()
    {
        var result = SettlementCases.Make(3).Settle();
        var groups = Groups(result).ToList();
        var ours = groups[1];
        groups[1] = ours with { Points = ours.Points - 7 };

        var difference = Difference(result, groups);

        var first = result.Entries.EntryIds[result.Ranking.EntriesOf(1)[0]];
        Assert.StartsWith(
            $"place {result.Ranking.RankOfGroup(1)}: Settlement has {ours.Entries} entries with {ours.Points} points (the "
                + $"first of them {first})", difference);
        Assert.EndsWith($"Scoring has {ours.Entries} with {ours.Points - 7}", difference);
    }

    [Fact]
    public void Chunks_stay_below_their_size_and_hold_every_prize_once_with_each_player_in_one_chunk()
    {
        var c = SettlementCases.Make(1);
        var definition = c.Definition with
        {
            MaxEntries = 100_000, EntryFeeMinor = 0, GuaranteedPoolMinor = 10_000_000,
            Prizes = new PrizeStructureV1(PrizeTypes.DoubleUp, Places: 15_000, AmountMinor: 200),
        };
        var entries = Enumerable.Range(0, 20_000)
            .Select(i => ($"entry-{i:00000}", $"player-{i % 900:000}", (long)(i + 1), c.Entries[0].Lineup)).ToArray();
        var result = (c with { Definition = definition, Entries = entries }).Settle();

        var chunks = AwardChunks.Of(result).ToArray();

        Assert.True(chunks.Length > 3);
        Assert.All(chunks, chunk => Assert.InRange(WireJson.Bytes(chunk).Length, 1, AwardChunks.BytesMax));
        Assert.Equal(Enumerable.Range(0, chunks.Length), chunks.Select(chunk => chunk.Chunk));
        var players = chunks.SelectMany(chunk => chunk.Players).ToArray();
        Assert.Equal(900, players.Select(p => p.PlayerId).Distinct().Count());
        Assert.Equal(900, players.Length);
        Assert.Equal(result.Awards.Winners.Length, players.SelectMany(p => p.Prizes).Select(p => p.EntryId).Distinct().Count());
        Assert.Equal(result.Totals.GrossMinor, players.Sum(p => p.GrossMinor));
    }

    [Fact]
    public void The_player_with_the_most_prizes_a_contest_may_give_him_fits_a_message()
    {
        var c = SettlementCases.Make(1);
        var definition = c.Definition with
        {
            EntryFeeMinor = 0, GuaranteedPoolMinor = PrizeRules.MoneyMaxMinor, MaxEntriesPerPlayer = PrizeRules.PlayerEntriesMax,
            Prizes = new PrizeStructureV1(PrizeTypes.DoubleUp, Places: PrizeRules.PlayerEntriesMax),
        };
        var entries = Enumerable.Range(0, PrizeRules.PlayerEntriesMax)
            .Select(i => ($"{i:00000}".PadRight(128, '-'), "one", (long)(i + 1), c.Entries[0].Lineup)).ToArray();

        var chunk = Assert.Single(AwardChunks.Of((c with { Definition = definition, Entries = entries }).Settle()));

        var largest =
            chunk with { Players = [chunk.Players[0] with { Prizes = [.. chunk.Players[0].Prizes.Select(p => new PrizeV1(
            p.EntryId, PrizeRules.PlacesMax, long.MinValue, PrizeRules.MoneyMaxMinor, PrizeRules.MoneyMaxMinor,
            PrizeRules.MoneyMaxMinor))] }] };
        Assert.InRange(
            WireJson.Bytes(largest).Length, WireJson.Bytes(chunk).Length, Topics.Find(Topics.Results).MaxMessageBytes - 50_000);
    }
}
