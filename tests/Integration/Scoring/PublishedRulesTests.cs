using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>
/// Rule sets that come while Scoring runs: kept under their name and version for good, and waited for by contests.
/// </summary>
public sealed class PublishedRulesTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_rule_set_is_published_once_and_the_same_again_gets_the_same_answer()
    {
        var rules = Rules("once");
        await rig.PublishRules(new PublishRulesV1("c1", rules, "ann"));
        rig.Clock.Now = rig.Clock.Now.AddMinutes(1);
        await rig.PublishRules(new PublishRulesV1("c2", rules, "ben"));

        var told = await rig.Sent<RulesPublishedV1>("once");
        Assert.Equal(2, told.Count);
        Assert.Equal((told[0].Hash, 1, "ann", told[0].At), (told[1].Hash, told[1].Edition, told[1].IssuedBy, told[1].At));
        Assert.Equal(RuleSets.Ref(rules).Hash, told[0].Hash);
        Assert.Equal(1, await scope.Scalar<long>("select count(*) from scoring.rule_set where name = 'once'"));
    }

    [Fact]
    public async Task Another_body_under_a_version_that_is_taken_is_rejected_with_an_alert_and_the_first_stands()
    {
        var rules = Rules("taken");
        await rig.PublishRules(new PublishRulesV1("t1", rules, "ann"));
        await rig.PublishRules(new PublishRulesV1(
            "t2", rules with { Weights = new Dictionary<string, long> { ["hoops"] = 999 } }, "ben"));

        Assert.Single(await rig.Sent<RulesPublishedV1>("taken"));
        var rejected = Assert.Single(await rig.Sent<RejectedV1>("taken/1"));
        Assert.Equal((Topics.ContestOperations, Reasons.RuleSetExists, "ruleSet.version"),
            (rejected.Topic, rejected.Reason, rejected.Field));
        Assert.Equal("rule-set-contradicted/taken/1",
            Assert.Single(await rig.Sent<AlertRaisedV1>("rule-set-contradicted/taken/1")).DedupKey);
        Assert.Equal(RuleSets.Ref(rules).Hash,
            await scope.Scalar<string>("select hash from scoring.rule_set where name = 'taken'"));
    }

    [Fact]
    public async Task What_a_rule_set_ignores_may_grow_and_never_shrinks()
    {
        var rules = Rules("growing") with { Ignores = ["boos"] };
        await rig.PublishRules(new PublishRulesV1("g1", rules, "ann"));
        await rig.PublishRules(new PublishRulesV1("g2", rules with { Ignores = ["boos", "claps"] }, "ann"));
        await rig.PublishRules(new PublishRulesV1("g3", rules with { Ignores = ["claps"] }, "ann"));

        var told = await rig.Sent<RulesPublishedV1>("growing");
        Assert.Equal([1, 2], told.Select(t => t.Edition));
        Assert.Equal(told[0].Hash, told[1].Hash);
        Assert.Equal("ruleSet.ignores", Assert.Single(await rig.Sent<RejectedV1>("growing/1")).Field);
    }

    [Fact]
    public async Task What_cannot_score_a_contest_or_ships_already_is_rejected_with_its_field()
    {
        await rig.PublishRules(new PublishRulesV1("w1", Rules("wrong") with { Scale = 9 }, "ann"));
        await rig.PublishRules(new PublishRulesV1("w2", RuleSets.Find("activity-points", 1)!, "ann"));

        Assert.Equal("ruleSet.scale", Assert.Single(await rig.Sent<RejectedV1>("wrong/1")).Field);
        Assert.Equal(Reasons.RuleSetExists, Assert.Single(await rig.Sent<RejectedV1>("activity-points/1")).Reason);
    }

    [Fact]
    public async Task A_contest_waits_for_its_rule_set_with_an_alert_and_its_entries_wait_for_it()
    {
        var rules = Rules("late");
        await rig.Command(Under("waits", rules));
        await rig.Command(Slate.Submit("waits", 1, 0, 1, 2, 3));

        Assert.Empty(await rig.Sent<CommandRejectedV1>("waits"));
        Assert.Single(await rig.Sent<AlertRaisedV1>("rule-set-awaited/waits"));

        await rig.PublishRules(new PublishRulesV1("l1", rules, "ann"));
        await rig.JudgeEarly();

        Assert.Single(await rig.Sent<ContestPublishedV1>("waits"));
        Assert.Single(await rig.Sent<EntryAcceptedV1>("waits"));
        Assert.Single(await rig.Sent<AlertResolvedV1>("rule-set-awaited/waits"));
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from scoring.early_command where contest_id = 'waits'"));
    }

    [Fact]
    public async Task A_contest_whose_rule_set_never_comes_is_refused_when_its_time_is_up()
    {
        await rig.Command(Under("in-vain", Rules("never")));
        rig.Clock.Now = rig.Clock.Now.AddMinutes(EarlyLimits.MinutesDefault + 1);
        await rig.JudgeEarly();

        Assert.Equal(Reasons.RuleSetUnknown, Assert.Single(await rig.Sent<CommandRejectedV1>("in-vain")).ReasonCode);
        Assert.Single(await rig.Sent<AlertResolvedV1>("rule-set-awaited/in-vain"));
    }

    [Fact]
    public async Task A_contest_that_names_another_hash_than_the_published_one_is_refused_at_once()
    {
        var rules = Rules("hashed");
        await rig.PublishRules(new PublishRulesV1("h1", rules, "ann"));
        await rig.Command(Under("mistaken", rules with { Weights = new Dictionary<string, long> { ["hoops"] = 1 } }));

        Assert.Equal("definition.ruleSet.hash", Assert.Single(await rig.Sent<CommandRejectedV1>("mistaken")).Field);
    }

    /// <summary>The way out of a contest that is held for a stat of the feed that nobody foresaw.</summary>
    [Fact]
    public async Task A_contest_that_is_held_for_a_stat_goes_on_when_the_rule_set_ignores_it()
    {
        var rules = Rules("held");
        await rig.PublishRules(new PublishRulesV1("d1", rules, "ann"));
        await rig.Command(Under("unforeseen", rules));
        await rig.Command(Slate.Submit("unforeseen", 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock.AddMinutes(1);
        await rig.Tick();
        await rig.Start("unforeseen");
        await rig.Lines(new StatLineV1(
            "unforeseen-g1", "a0", 1, new Dictionary<string, long> { ["hoops"] = 2, ["cartwheels"] = 1 }, rig.Clock.Now));
        await rig.Close("unforeseen", new Dictionary<string, long> { ["a0"] = 1 });
        rig.Clock.Now = rig.Clock.Now.AddMinutes(5);
        await rig.Tick();
        Assert.Contains("cartwheels", await scope.Scalar<string>(
            "select hold from scoring.contest where contest_id = 'unforeseen'"), StringComparison.Ordinal);

        await rig.PublishRules(new PublishRulesV1("d2", rules with { Ignores = ["cartwheels"] }, "ann"));
        await rig.Tick();

        Assert.Single(await rig.Sent<ContestFinalizedV1>("unforeseen"));
    }

    private static RuleSet Rules(string name) => new(
        name, 1, "hoops", "made up by a test", 2, new Dictionary<string, long> { ["hoops"] = 150 },
        new Dictionary<string, IReadOnlyDictionary<string, long>>(), [], []);

    private static CreateContestV1 Under(string contestId, RuleSet rules)
    {
        var create = Slate.Create(contestId);
        return create with { Definition = create.Definition with { RuleSet = RuleSets.Ref(rules) } };
    }
}
