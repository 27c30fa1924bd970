using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Settlement;

/// <summary>What must hold of every settlement, tried on thousands of made-up contests.</summary>
public sealed class SettlementPropertyTests
{
    private const int Cases = 1_000;

    private static void ForEveryCase(Action<SettlementCase> holds) =>
        Prop.ForAll<ulong>(seed => holds(SettlementCases.Make(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(int.MaxValue));

    [Fact]
    public void Made_up_definitions_are_valid_and_cover_every_prize_structure()
    {
        var types = new HashSet<string>();
        ForEveryCase(c =>
        {
            types.Add(c.Definition.Prizes.Type);
            Assert.Null(PrizeRules.Validate(c.Definition));
        });

        Assert.Equal(PrizeTypes.ByPlace.Order(), types.Order());
    }

    [Fact]
    public void Prizes_and_remainder_are_exactly_the_pool() => ForEveryCase(c =>
    {
        var result = c.Settle();

        var fees = c.Definition.EntryFeeMinor * c.Entries.Count;
        Assert.Equal(fees - result.Pool.RakeMinor + result.Pool.OverlayMinor, result.Pool.PoolMinor + result.Pool.SurplusMinor);
        Assert.Equal(result.Pool.PoolMinor, result.Awards.GrossMinor.Sum() + result.Totals.HouseRemainderMinor);
        Assert.True(result.Totals.HouseRemainderMinor >= 0 && result.Pool.OverlayMinor >= 0 && result.Pool.SurplusMinor >= 0);
        Assert.Equal(result.Totals.GrossMinor, result.Totals.FeesMinor + result.Totals.NetMinor);
        Assert.Equal(result.Awards.Winners.Length, result.Awards.GrossMinor.Count(g => g > 0));
    });

    [Fact]
    public void Nothing_stays_with_the_house_when_shares_are_redistributed_and_cents_go_in_rank_order() => ForEveryCase(c =>
    {
        var prizes = c.Definition.Prizes with { UnclaimedTo = PrizeRules.Redistribute, RemainderTo = PrizeRules.RankOrder };
        if (PrizeRules.IsFixed(prizes) || c.Entries.Count == 0) return;

        var result = (c with { Definition = c.Definition with { Prizes = prizes } }).Settle();

        Assert.Equal(0, result.Totals.HouseRemainderMinor);
    });

    [Fact]
    public void A_rank_is_one_more_than_the_number_of_better_entries() => ForEveryCase(c =>
    {
        var result = c.Settle();

        var expected = c.Entries.ToDictionary(e => e.Id, e => NaivePoints(c, e.Lineup));
        for (var entry = 0; entry < c.Entries.Count; entry++)
        {
            var prize = result.Prize(entry);
            Assert.Equal(expected[prize.EntryId], prize.Points);
            Assert.Equal(1 + expected.Values.Count(p => p > prize.Points), prize.Rank);
        }
    });

    [Fact]
    public void Each_prize_is_what_a_place_by_place_calculation_gives() => ForEveryCase(c =>
    {
        var result = c.Settle();

        var (expected, houseMinor) = NaivePrizes.Of(c, result.Pool.PoolMinor, e => NaivePoints(c, e.Lineup));
        Assert.Equal(houseMinor, result.Totals.HouseRemainderMinor);
        for (var entry = 0; entry < c.Entries.Count; entry++)
            Assert.Equal(expected.GetValueOrDefault(result.Entries.EntryIds[entry]), result.Awards.GrossMinor[entry]);
    });

    [Fact]
    public void Tied_entries_differ_by_one_cent_at_most_and_the_earlier_one_has_it() => ForEveryCase(c =>
    {
        var result = c.Settle();

        for (var group = 0; group < result.Ranking.Groups; group++)
        {
            var amounts = result.Ranking.EntriesOf(group).ToArray().OrderBy(e => result.Entries.AcceptanceNos[e])
                .Select(e => result.Awards.GrossMinor[e]).ToArray();
            Assert.True(amounts[0] - amounts[^1] is 0 or 1);
            Assert.Equal(amounts.OrderDescending(), amounts);
        }
    });

    [Fact]
    public void A_player_pays_the_fee_on_the_sum_of_his_prizes_rounded_half_up() => ForEveryCase(c =>
    {
        var result = c.Settle();

        foreach (var player in AwardChunks.Of(result).SelectMany(chunk => chunk.Players))
        {
            var feeMinor = (2 * (System.Numerics.BigInteger)player.GrossMinor * c.Definition.PlatformFeeBps + 10_000) / 20_000;
            Assert.Equal((long)feeMinor, player.FeeMinor);
            Assert.Equal(player.GrossMinor, player.FeeMinor + player.NetMinor);
            Assert.Equal(player.FeeMinor, player.Prizes.Sum(p => p.FeeMinor));
            Assert.Equal(player.GrossMinor, player.Prizes.Sum(p => p.GrossMinor));
            Assert.All(
                player.Prizes, p => Assert.True(p.FeeMinor >= 0 && p.NetMinor >= 0 && p.GrossMinor == p.FeeMinor + p.NetMinor));
        }
    });

    [Fact]
    public void Shuffled_entries_lines_and_pool_give_the_same_digest() => ForEveryCase(c =>
    {
        var digest = c.Settle().Digest;

        var chance = new SeededRandom((ulong)c.Entries.Count + 1);
        var entries = c.Entries.ToList();
        chance.Shuffle(entries);
        var lines = c.Stats.Lines.ToList();
        chance.Shuffle(lines);
        var shuffled = c with { Entries = entries, Stats = c.Stats with { Lines = lines.ToDictionary() } };
        Assert.Equal(digest, shuffled.Settle().Digest);
    });

    [Fact]
    public void Three_cultures_give_the_same_digest() => ForEveryCase(c =>
    {
        var digest = c.Settle().Digest;

        foreach (var culture in Cultures())
        {
            var before = CultureInfo.CurrentCulture;
            CultureInfo.CurrentCulture = culture;
            try
            {
                Assert.Equal(digest, c.Settle().Digest);
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }
    });

    [Fact]
    public void A_change_of_any_point_prize_or_player_changes_the_digest() => ForEveryCase(c =>
    {
        var digest = c.Settle().Digest;
        if (c.Entries.Count == 0) return;

        var first = c.Entries[0];
        var otherPlayer = c with { Entries = [first with { Player = first.Player + "x" }, .. c.Entries.Skip(1)] };
        var otherNo = c with { Entries = [first with { No = first.No + 1_000 }, .. c.Entries.Skip(1)] };
        var otherFee = c with { Definition = c.Definition with { Title = "Another" } };
        Assert.Equal(4,
            new[] { digest, otherPlayer.Settle().Digest, otherNo.Settle().Digest, otherFee.Settle().Digest }.Distinct().Count());
    });

    /// <summary>
    /// No language data is shipped, so cultures that would spoil a careless format are made: other signs, other separators, other
    /// digits.
    /// </summary>
    private static IEnumerable<CultureInfo> Cultures()
    {
        var invariant = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        yield return invariant;
        var european = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        european.NumberFormat.NumberDecimalSeparator = ",";
        european.NumberFormat.NumberGroupSeparator = ".";
        european.NumberFormat.NegativeSign = "\u2212";
        yield return european;
        var arabic = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        arabic.NumberFormat.NativeDigits =
            [.. "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669".Select(d => d.ToString())];
        arabic.NumberFormat.DigitSubstitution = DigitShapes.NativeNational;
        arabic.NumberFormat.NegativeSign = "\u061C-";
        yield return arabic;
    }

    private static long NaivePoints(SettlementCase c, string lineup)
    {
        if (lineup.Length == 0) return 0;
        long points = 0;
        foreach (var (athleteId, slot) in lineup.Split(',').Zip(c.Definition.Roster.Slots))
        {
            var athlete = c.Definition.Athletes.Single(a => a.AthleteId == athleteId);
            if (c.Stats.RuledOutGames.Contains(athlete.GameId)
                || !c.Stats.Lines.TryGetValue((athlete.GameId, athleteId), out var line)) continue;
            var exact = ScoreLine.Points(c.Rules, line) * slot.MultiplierHundredths / 100m;
            points += (long)Math.Round(exact, MidpointRounding.AwayFromZero);
        }

        return points;
    }
}
