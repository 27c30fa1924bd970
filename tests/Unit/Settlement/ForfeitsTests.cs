using System.Numerics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Settlement;

/// <summary>Stakes of challenges: returned, forfeited and shared to the cent, by another computation.</summary>
public sealed class ForfeitsTests
{
    private const int Cases = 20_000;
    private static readonly RuleSet s_rules = RuleSets.Find("verified-challenge", 1)!;

    [Fact]
    public void Any_challenge_comes_to_what_plain_counting_comes_to_whatever_the_order_of_its_events()
    {
        var chance = new SeededRandom(20);
        for (var n = 0; n < Cases; n++)
        {
            var players = chance.Next(1, 9);
            var terms = Terms(chance.Next(1, 4), chance.Next(1, 5), chance.Next(1, 10_001), chance.Next(2) == 0,
                chance.Next(10_001));
            var definition = Definition(terms, chance.Next(1, 100_000), chance.Next(10_001));
            var events = Events(chance, terms, players);
            var result = Settle(definition, players, events);

            Check(definition, players, events, result);
            if (n % 20 != 0) continue;
            chance.Shuffle(events);
            Assert.Equal(result.Digest, Settle(definition, players, [.. events, .. events]).Digest);
        }
    }

    [Fact]
    public void Nobody_fails_nobody_pays_and_nobody_passes_all_is_the_platforms()
    {
        var terms = Terms(1, 1, 10_000, undecidedPasses: true, toPlatformBps: 1_000);
        var definition = Definition(terms, 1_001, feeBps: 300);
        IMessage[] all = [.. Enumerable.Range(0, 3).Select(i => Proof(i, 1))];
        var returned = Settle(definition, 3, all);
        var lost = Settle(definition, 3, []);
        var one = Settle(definition, 3, [all[0]]);

        Assert.Equal([1_001, 1_001, 1_001], returned.Awards.GrossMinor);
        Assert.Equal(0, returned.Totals.FeesMinor);
        Assert.Equal(new ForfeitsV1(3, 0, 0, 3_003, 0), lost.Forfeits);
        Assert.Equal((3_003L, 0L, 0), (lost.Pool.RakeMinor, lost.Pool.PoolMinor, lost.Awards.Winners.Length));
        Assert.Equal(new ForfeitsV1(3, 1, 1_001, 200, 1_802), one.Forfeits);
        Assert.Equal((2_803L, 54L, 1_001L), (one.Prize(0).GrossMinor, one.Prize(0).FeeMinor, one.Prize(0).StakeMinor));
    }

    [Fact]
    public void The_digest_covers_proofs_votes_and_rulings()
    {
        var definition = Definition(Terms(1, 1, 5_000, undecidedPasses: true, toPlatformBps: 0), 500, 0);
        IMessage[] events = [Proof(0, 1), Vote(0, 1, 1, 1, true), Ruling(0, 1, 2, ProofOutcomes.Passed)];
        var digest = Settle(definition, 2, events).Digest;

        Assert.NotEqual(digest, Settle(definition, 2, [Proof(0, 1, "other"), events[1], events[2]]).Digest);
        Assert.NotEqual(digest, Settle(definition, 2, [events[0], Vote(0, 1, 1, 1, false), events[2]]).Digest);
        Assert.NotEqual(digest, Settle(definition, 2, [events[0], events[1]]).Digest);
    }

    [Fact]
    public void Payout_computes_pool_and_platforms_part_once_more_from_the_published_terms()
    {
        var grounds = new ResultGrounds(true, "d", "usd", 0, null, "freeze", true, "d", "d", null, null, 500, 2_000);
        var right = new SettledTotals("c", 1, 1, 2, 2_500, 300, 2_200, 0, 0, 2_200, 36, 2_164, 0);

        Assert.Null(grounds.Fault(right, "usd"));
        Assert.Contains("forfeits", grounds.Fault(right with { RakeMinor = 0, PoolMinor = 2_500 }, "usd"));
        Assert.Contains("stakes", grounds.Fault(right with { Winners = 6 }, "usd"));
        Assert.Contains("stakes", grounds.Fault(right with { EntryFeesMinor = 2_501 }, "usd"));
        Assert.Contains("pool", grounds.Fault(right with { PoolMinor = 2_201 }, "usd"));
        Assert.Null(grounds.Fault(right with { Winners = 0, RakeMinor = 2_500, PoolMinor = 0 }, "usd"));
        Assert.Contains("stake", CheckAwards.Fault(new ContestAwardsV1("c", 1, 0, "usd",
            [new("p", 600, 101, 499, [new("e", 1, 1, 600, 101, 499, 500)])])));
    }

    private static void Check(ContestDefinitionV1 definition, int players, IMessage[] events, SettlementResult result)
    {
        var terms = definition.Verified!;
        var passers = Enumerable.Range(0, players)
            .Where(p => Passed(terms, players, events, p) >= terms.ProofsRequired).ToArray();
        BigInteger stake = definition.EntryFeeMinor, lost = stake * (players - passers.Length);
        var platform = passers.Length == 0 ? lost : lost * terms.ForfeitsToPlatformBps / 10_000;
        BigInteger paid = 0;
        for (var i = 0; i < passers.Length; i++)
        {
            var shared = lost - platform;
            var share = shared / passers.Length + (i < (int)(shared % passers.Length) ? 1 : 0);
            var fee = (share * definition.PlatformFeeBps * 2 + 10_000) / 20_000;
            var prize = result.Prize(passers[i]);
            Assert.Equal((stake + share, fee), ((BigInteger)prize.GrossMinor, (BigInteger)prize.FeeMinor));
            paid += prize.GrossMinor;
        }

        Assert.Equal(passers.Length, result.Awards.Winners.Length);
        Assert.Equal(stake * players, paid + result.Pool.RakeMinor);
    }

    private static int Passed(VerifiedTermsV1 terms, int players, IMessage[] events, int player)
    {
        var passed = 0;
        foreach (var proof in events.OfType<ProofSubmittedV1>().Where(e => e.EntryId == $"e{player}"))
        {
            var ruling = events.OfType<ProofDecidedV1>()
                .LastOrDefault(d => d.EntryId == proof.EntryId && d.ProofNo == proof.ProofNo);
            var votes = events.OfType<VoteCastV1>()
                .Where(v => v.EntryId == proof.EntryId && v.ProofNo == proof.ProofNo).ToArray();
            var needed = Math.Min(terms.VotesNeeded, players - 1);
            var yes = votes.Count(v => v.Approve);
            bool? voted = needed == 0 ? null : yes >= terms.ApprovalShareBps * needed / 10_000.0 ? true
                : needed - votes.Length + yes < terms.ApprovalShareBps * needed / 10_000.0 ? false : null;
            var unruled = voted ?? terms.UndecidedCountsAs == UndecidedProofs.Pass;
            if (ruling is null ? unruled : ruling.Outcome == ProofOutcomes.Passed) passed++;
        }

        return passed;
    }

    private static IMessage[] Events(SeededRandom chance, VerifiedTermsV1 terms, int players)
    {
        var events = new List<IMessage>();
        for (var player = 0; player < players; player++)
        for (var no = 1; no <= terms.ProofsAllowed; no++)
        {
            if (chance.Next(4) == 0) continue;
            events.Add(Proof(player, no));
            var voters = Enumerable.Range(0, players).Where(p => p != player).ToArray();
            chance.Shuffle(voters);
            foreach (var voter in voters.Take(chance.Next(Math.Min(terms.VotesNeeded, voters.Length) + 1)))
                events.Add(Vote(player, no, voter, 1, chance.Next(3) > 0));
            if (chance.Next(10) == 0)
                events.Add(Ruling(player, no, 1, chance.Next(2) == 0 ? ProofOutcomes.Passed : ProofOutcomes.Failed));
        }

        return [.. events];
    }

    private static SettlementResult Settle(ContestDefinitionV1 definition, int players, IMessage[] events)
    {
        var book = new ProofBook();
        foreach (var message in events) book.Apply(message);
        var entries = SettlementCase.Book(Enumerable.Range(0, players).Select(i => ($"e{i}", $"p{i}", (long)(i + 1), $"p{i}")));
        return SettleContest.Compute(
            definition, "hash", s_rules, book.Stats(definition.Verified!, entries), entries, proofs: book.Named);
    }

    private static ProofSubmittedV1 Proof(int player, int no, string text = "ran") =>
        new($"s{player}-{no}", "c", $"e{player}", $"p{player}", no, 1, text, [], default);

    private static VoteCastV1 Vote(int player, int no, int voter, int version, bool approve) =>
        new($"v{player}-{no}-{voter}", "c", $"e{player}", no, $"p{voter}", version, approve, null, default);

    private static ProofDecidedV1 Ruling(int player, int no, int decisionNo, string outcome) =>
        new("c", $"e{player}", no, decisionNo, outcome, ProofDeciders.Referee, null, null, "ref", "seen", default);

    private static VerifiedTermsV1 Terms(int required, int votes, int shareBps, bool undecidedPasses, int toPlatformBps) => new(
        default, default, default, required, 3, new ProofRulesV1(true, 0, 0, [], 1), votes, shareBps,
        undecidedPasses ? UndecidedProofs.Pass : UndecidedProofs.Fail, toPlatformBps, 10_000 - toPlatformBps, StakeFunding.Card,
        PrizeTargets.Transfer);

    private static ContestDefinitionV1 Definition(VerifiedTermsV1 terms, long stakeMinor, int feeBps) => new(
        "c", "A challenge", ContestKinds.Verified, "usd", stakeMinor, 100, 1, 1, null, default, [], RuleSets.Ref(s_rules),
        new RosterV1([new("player", [ContestKinds.PlayerPosition])], null, 0, 0, null, false), [],
        new PrizeStructureV1(PrizeTypes.StakeReturnPlusShare), 0, feeBps, 0, "freeze", false, 0, "test", Verified: terms);
}
