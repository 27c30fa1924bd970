using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Settlement;

/// <summary>
/// What later revisions add to and take from the awards before them, on made-up contests whose lines are corrected again and
/// again.
/// </summary>
public sealed class CorrectAwardsTests
{
    private const int Cases = 500;
    private const int RevisionsMax = 5;

    [Fact]
    public void Under_credit_only_every_entry_has_the_best_of_its_prizes_and_loses_nothing() => ForEveryHistory(
        LateCorrectionPolicies.CreditOnly, history =>
    {
        foreach (var (entry, awarded) in history.Awarded)
            Assert.Equal(history.Full.Max(f => f.Awards.GrossMinor[entry]), awarded);
        Assert.All(history.Corrections, c => Assert.Empty(c.Reductions.Winners));
    });

    [Fact]
    public void Under_resettle_every_entry_ends_with_its_newest_prize() => ForEveryHistory(LateCorrectionPolicies.Resettle,
        history =>
    {
        foreach (var (entry, awarded) in history.Awarded) Assert.Equal(history.Full[^1].Awards.GrossMinor[entry], awarded);
        Assert.Equal(history.Full[^1].Totals.GrossMinor, history.Awarded.Values.Sum());
    });

    [Theory]
    [InlineData(LateCorrectionPolicies.CreditOnly)]
    [InlineData(LateCorrectionPolicies.Resettle)]
    public void The_fees_of_all_revisions_together_are_the_fee_on_what_the_player_was_awarded_in_all(
        string policy) => ForEveryHistory(policy, history =>
    {
        var entries = history.Full[0].Entries;
        foreach (var player in Enumerable.Range(0, entries.Players.Length))
        {
            var own = history.Awarded.Where(a => history.PlayerOf(a.Key) == player).ToArray();
            var fees = own.Sum(a => history.Full[0].Awards.FeeMinor[a.Key]
                + history.Corrections.Sum(c => c.Result.Awards.FeeMinor[a.Key] - c.Reductions.FeeMinor[a.Key]));
            Assert.Equal(PlayerFees.FeeMinor(own.Sum(a => a.Value), history.Case.Definition.PlatformFeeBps), fees);
        }
    });

    [Theory]
    [InlineData(LateCorrectionPolicies.CreditOnly)]
    [InlineData(LateCorrectionPolicies.Resettle)]
    public void A_revision_is_a_result_that_balances_paid_by_the_house(string policy) => ForEveryHistory(policy, history =>
    {
        foreach (var result in history.Corrections.Select(c => c.Result))
        {
            Assert.Equal(new Pool(0, 0, result.Totals.GrossMinor, result.Totals.GrossMinor, 0), result.Pool);
            Assert.Equal(0, result.Totals.HouseRemainderMinor);
            Assert.Equal(result.Totals.GrossMinor, result.Totals.FeesMinor + result.Totals.NetMinor);
            foreach (var chunk in AwardChunks.Of(result)) Assert.Null(ContestPipeline.Payout.Awards.CheckAwards.Fault(chunk));
        }
    });

    [Theory]
    [InlineData(LateCorrectionPolicies.CreditOnly)]
    [InlineData(LateCorrectionPolicies.Resettle)]
    public void The_order_of_entries_changes_neither_a_cent_nor_the_digest(string policy) => ForEveryHistory(policy, history =>
    {
        var shuffled = history.Case.Entries.ToList();
        new SeededRandom(77).Shuffle(shuffled);

        var again = History.Play(history.Case with { Entries = shuffled }, history.Stats);

        Assert.Equal(history.Corrections.Select(c => c.Result.Digest), again.Corrections.Select(c => c.Result.Digest));
        Assert.Equal(history.Awarded, again.Awarded);
    });

    [Fact]
    public void The_same_lines_again_award_nothing_and_every_revision_has_a_digest_of_its_own()
    {
        var made = SettlementCases.Make(11);
        var theCase = made with { Definition = made.Definition with { LateCorrectionPolicy = LateCorrectionPolicies.Resettle } };

        var history = History.Play(theCase, [theCase.Stats, theCase.Stats, theCase.Stats]);

        Assert.All(history.Corrections, c => Assert.Empty(c.Result.Awards.Winners));
        Assert.All(history.Corrections, c => Assert.Empty(c.Reductions.Winners));
        Assert.Equal(3, history.Corrections.Select(c => c.Result.Digest).Append(history.Full[0].Digest).Distinct().Count());
    }

    [Fact]
    public void A_revision_under_freeze_is_a_bug()
    {
        var theCase = SettlementCases.Make(11);
        var revised = SettleContest.Compute(
            theCase.Definition, theCase.Hash, theCase.Rules, theCase.Stats, SettlementCase.Book(theCase.Entries), revision: 2);

        Assert.Throws<InvariantException>(() => CorrectAwards.Of(revised, theCase.Definition, new Dictionary<string, long>()));
    }

    private static void ForEveryHistory(string policy, Action<History> holds) => Prop.ForAll<ulong>(seed =>
    {
        var made = SettlementCases.Make(seed);
        var theCase = made with { Definition = made.Definition with { LateCorrectionPolicy = policy } };
        var chance = new SeededRandom(seed ^ 0xC0DE);
        var stats = new List<FinalStats> { theCase.Stats };
        for (var revisions = chance.Next(1, RevisionsMax); revisions > 0; revisions--) stats.Add(Corrected(stats[^1], chance));
        holds(History.Play(theCase, stats));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(int.MaxValue));

    private static FinalStats Corrected(FinalStats stats, SeededRandom chance) => stats with
    {
        Lines = stats.Lines.ToDictionary(
            l => l.Key, l => chance.Chance(50)
                ? l.Value : new Dictionary<string, long> { ["a"] = chance.Next(0, 5), ["b"] = chance.Next(0, 3),
                    ["c"] = chance.Next(0, 2) }),
    };

    /// <summary>
    /// A contest settled and corrected as often as there are lines, and what each entry has been awarded in the end.
    /// </summary>
    /// <param name="Awarded">Gross by entry index.</param>
    private sealed record History(
        SettlementCase Case, IReadOnlyList<FinalStats> Stats, IReadOnlyList<SettlementResult> Full,
        IReadOnlyList<Correction> Corrections, IReadOnlyDictionary<int, long> Awarded)
    {
        public int PlayerOf(int entry) => Full[0].Entries.PlayerOf[entry];

        public static History Play(SettlementCase theCase, IReadOnlyList<FinalStats> stats)
        {
            var book = SettlementCase.Book(theCase.Entries);
            var full = stats.Select((
                s, i) => SettleContest.Compute(theCase.Definition, theCase.Hash, theCase.Rules, s, book, i + 1)).ToArray();
            var awarded = Enumerable.Range(0, book.Count).ToDictionary(e => e, e => full[0].Awards.GrossMinor[e]);
            var corrections = new List<Correction>();
            foreach (var revised in full.Skip(1))
            {
                var before = awarded.Where(a => a.Value != 0).ToDictionary(a => book.EntryIds[a.Key], a => a.Value);
                var correction = CorrectAwards.Of(revised, theCase.Definition, before);
                foreach (var entry in awarded.Keys)
                    awarded[entry] += correction.Result.Awards.GrossMinor[entry] - correction.Reductions.GrossMinor[entry];
                corrections.Add(correction);
            }

            return new History(theCase, stats, full, corrections, awarded);
        }
    }
}
