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
                Assert.Equal((prize.Rank, prize.GrossMinor, prize.FeeMinor, prize.NetMinor), (steps.Rank, steps.GrossMinor, steps.FeeMinor, steps.NetMinor));
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
            var names = rules.Weights.Keys.Concat(rules.Steps.Select(s => s.WhenStat)).Concat(rules.Derived.Values.SelectMany(d => d.Keys)).Append("unknown").Distinct().ToArray();
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

        Assert.Equal([new RulePoints("td 1 x 600", 600), new RulePoints("yds 104 x 10", 1_040), new RulePoints("yds 104 is 100 or more", 300)], parts);
    }
}
