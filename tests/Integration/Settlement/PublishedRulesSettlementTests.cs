using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Settlement;

/// <summary>Settlement's own copy of rule sets that are published while it runs, and contests that name them.</summary>
public sealed class PublishedRulesSettlementTests(PipelineScope pipeline) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_at = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_contest_is_settled_by_the_rule_set_that_was_published_and_waits_until_it_has_come()
    {
        await using var stage = new SettlementStage(pipeline);
        var rules = Rules("by-file", 12);
        var contest = new PlayedContest("c-by-file", published: rules);
        await stage.Deliver([.. contest.Lines, .. contest.Events]);

        await stage.RunJob();
        Assert.Equal($"rule set by-file version 1 in this release or on {Topics.Rules}", await Missing("c-by-file"));
        await stage.Deliver(Published(rules));
        stage.Pass(TimeSpan.FromSeconds(2));
        await stage.RunJob();

        Assert.Equal(contest.Expected.Digest, await Digest("c-by-file"));
    }

    [Fact]
    public async Task Another_body_under_the_same_version_is_not_taken_in_and_alerts_and_the_hash_keeps_it_from_settling()
    {
        await using var stage = new SettlementStage(pipeline);
        var (first, second) = (Rules("twice", 12), Rules("twice", 13));
        var contest = new PlayedContest("c-twice", published: second);
        await stage.Deliver([Published(first)]);
        await stage.Deliver([Published(second) with { Edition = 2 }, .. contest.Lines, .. contest.Events]);

        await stage.RunJob();

        Assert.Contains($"(here is {RuleSets.Ref(first).Hash})", await Missing("c-twice"), StringComparison.Ordinal);
        Assert.Null(await Digest("c-twice"));
        Assert.Equal(1, await pipeline.Scalar<long>(
            "select count(*) from settlement.outbox where wire_name = 'alert.raised.v1' "
                + "and partition_key = 'rule-set-replaced/twice/1'"));
    }

    /// <summary>The same messages without any database, as contestctl verify reads them.</summary>
    [Fact]
    public void A_result_is_recomputed_from_the_topics_with_the_rule_set_that_is_on_one_of_them()
    {
        var rules = Rules("verified", 12);
        var contest = new PlayedContest("c-verified", published: rules);
        var copy = new ContestCopy("c-verified");
        foreach (var message in (IEnumerable<IMessage>)[.. contest.Lines, .. contest.Events]) copy.Apply(message);

        Assert.Contains(copy.Missing(), m => m.StartsWith("rule set verified", StringComparison.Ordinal));
        copy.Apply(Published(rules));

        Assert.Empty(copy.Missing());
        Assert.Equal(contest.Expected.Digest, copy.Settle().Digest);
    }

    private static RulesPublishedV1 Published(RuleSet rules) => new(rules, RuleSets.Ref(rules).Hash, 1, "ann", s_at);

    private static RuleSet Rules(string name, long points) => new(
        name, 1, "nfl", "made up by a test", 2, new Dictionary<string, long> { ["rush_yds"] = points },
        new Dictionary<string, IReadOnlyDictionary<string, long>>(), [], []);

    private Task<string?> Digest(string contestId) =>
        pipeline.Scalar<string>("select digest from settlement.result where contest_id = @contestId", new { contestId });

    private async Task<string> Missing(string contestId) => (await pipeline.Scalar<string>(
        "select missing from settlement.completion where contest_id = @contestId", new { contestId }))!;
}
