using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Explaining;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Unit.Settlement;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>The steps that are shown lead to what is paid: no other figure is possible.</summary>
public sealed class ExplainTests
{
    private const int Cases = 500;

    [Fact]
    public void The_steps_of_every_entry_lead_to_its_prize() =>
        Prop.ForAll<ulong>(seed =>
        {
            var c = SettlementCases.Make(seed);
            var result = c.Settle();
            for (var entry = 0; entry < result.Entries.Count; entry++)
            {
                var steps = PrizeSteps.Of(c.Definition, result, entry);
                var prize = result.Prize(entry);
                Assert.Equal((prize.Rank, prize.GrossMinor, prize.FeeMinor, prize.NetMinor),
                    (steps.Rank, steps.GrossMinor, steps.FeeMinor, steps.NetMinor));
                Assert.Equal(steps.PooledMinor, steps.ShareMinor * steps.Tied + steps.SpareCents);
                Assert.Equal(prize.GrossMinor, steps.ShareMinor + (steps.GotSpareCent ? 1 : 0));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(int.MaxValue));

    [Fact]
    public void The_rules_of_every_rule_set_add_up_to_the_points_of_any_line()
    {
        foreach (var rules in RuleSets.All)
        {
            var chance = new SeededRandom(17);
            var names = rules.Weights.Keys.Concat(rules.Steps.Select(s => s.WhenStat))
                .Concat(rules.Derived.Values.SelectMany(d => d.Keys)).Append("unknown").Distinct().ToArray();
            for (var n = 0; n < Cases; n++)
            {
                var stats = names.Where(_ => chance.Chance(50)).ToDictionary(name => name, _ => (long)chance.Next(-20, 400));

                Assert.Equal(ScoreLine.Points(rules, stats), PointsByRule.Of(rules, stats).Sum(p => p.Points));
            }
        }
    }

    [Fact]
    public void Each_rule_is_named_with_its_count()
    {
        var rules = new RuleSet(
            "r", 1, "test", "made up", 2, new Dictionary<string, long> { ["td"] = 600, ["yds"] = 10 },
            new Dictionary<string, IReadOnlyDictionary<string, long>>(), [new Bonus("yds", 100, 300)], []);

        var parts = PointsByRule.Of(rules, new Dictionary<string, long> { ["yds"] = 104, ["td"] = 1, ["fumble"] = 2 });

        Assert.Equal([new RulePoints("td 1 x 600", 600), new RulePoints("yds 104 x 10", 1_040),
            new RulePoints("yds 104 is 100 or more", 300)], parts);
    }

    [Fact]
    public void A_payout_is_what_its_revision_awards_less_what_was_taken_out_of_those_before_it()
    {
        AwardedEntry[] awarded = [new("e1", 1_500, 1_000, 500, 0, 500), new("e2", 200, 0, 200, 0, 200)];

        Assert.True(PayoutChain.Agrees(awarded, [Paid(0, 700)]));
        Assert.True(PayoutChain.Agrees(awarded, [Taken(0, 700, 200), Taken(1, 500, 100), Paid(2, 400)]));
        Assert.True(PayoutChain.Agrees(awarded, [Taken(0, 700, 700)]));
        Assert.False(PayoutChain.Agrees(awarded, []));
        Assert.False(PayoutChain.Agrees(awarded, [Paid(0, 701)]));
        Assert.False(PayoutChain.Agrees(awarded, [Paid(0, 1_700)]));
        Assert.False(PayoutChain.Agrees(awarded, [Taken(0, 700, 200)]));
        Assert.False(PayoutChain.Agrees(awarded, [Taken(0, 700, 200), Paid(1, 700)]));

        static ChainedPayout Paid(int no, long minor) => new($"p{no}", no, minor, "paid", null, null, null, null, null, null);
        static ChainedPayout Taken(int no, long minor, long takenMinor) =>
            new($"p{no}", no, minor, "rejected", "e2", takenMinor, "refund", "entry e2 was refunded", "re_1",
                DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_left_out_and_named_with_its_place()
    {
        var said = new List<string>();

        Assert.Null(
            LegibleRecords.Message(Record("contest.entry-accepted.v1", """{"entryId":7}"""), (_, words) => said.Add(words)));
        Assert.Null(LegibleRecords.Message(Record("nobody.knows.v1", "{"), (_, words) => said.Add(words)));

        Assert.Equal(["record contest.events.v1/3/41 cannot be read and is left out"], said);

        static Envelope Record(string type, string body) => new(
            Topics.ContestEvents, 3, 41, "c", Guid.Empty, type, "tests", DateTimeOffset.UnixEpoch, null,
            new Dictionary<string, string>(), System.Text.Encoding.UTF8.GetBytes(body));
    }

    [Fact]
    public void A_play_that_was_withdrawn_or_given_to_another_is_shown_with_what_took_it_away()
    {
        Place at = new("feed.games.v1", 0, 0, "feed.play.v1", DateTimeOffset.UnixEpoch);
        (FeedPlayV1, Place)[] plays =
        [
            (Play("e1", 1, "upsert", "smith"), at), (Play("e2", 1, "upsert", "smith"), at),
            (Play("e3", 1, "upsert", "jones"), at), (Play("e1", 2, "delete"), at), (Play("e2", 2, "upsert", "jones"), at),
        ];

        var mentions = ContestRecords.Mentions(plays, new HashSet<(string, string)> { ("g", "smith") });

        Assert.Equal(("g", "smith"), Assert.Single(mentions).Key);
        Assert.Equal(
            ["e1 1 upsert 5", "e1 2 delete 0", "e2 1 upsert 5", "e2 2 upsert 0"],
            mentions[("g", "smith")].Select(m => $"{m.EventId} {m.Revision} {m.Op} {m.Stats.Values.Sum()}")
                .Order(StringComparer.Ordinal));

        static FeedPlayV1 Play(string eventId, int revision, string op, params string[] athletes) => new(
            "g", eventId, revision, revision, op, true,
            [.. athletes.Select(a => new AthleteStatsV1(a, new Dictionary<string, long> { ["yds"] = 5 }))],
            DateTimeOffset.UnixEpoch);
    }
}
