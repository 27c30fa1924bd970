using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Settlement;

/// <summary>Results that Settlement holds: why, and that it tries again by itself.</summary>
public sealed class HeldResultTests(PipelineScope pipeline) : IClassFixture<PipelineScope>
{
    private Task<long> Count(string table, string contestId) =>
        pipeline.Scalar<long>($"select count(*) from settlement.{table} where contest_id = @contestId", new { contestId })!;

    private async Task<string?> AlertAbout(string kind, string contestId) => await pipeline.Scalar<string>(
        """
        select convert_from(body, 'utf8')::jsonb ->> 'cause' from settlement.outbox
        where wire_name = 'alert.raised.v1' and convert_from(body, 'utf8')::jsonb ->> 'kind' = @kind and convert_from(body,
            'utf8')::jsonb ->> 'subject' = @contestId
        """, new { kind, contestId });

    [Fact]
    public async Task Lines_of_the_named_versions_that_say_something_else_than_in_Scoring_hold_the_contest()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-reused");
        var said =
            contest.Finalized with { Games = [.. contest.Finalized.Games.Select(g => g with { LinesHash = LinesHash.Of([]) })] };
        await stage.Deliver([.. contest.Lines, contest.Published, .. contest.EntryEvents, .. contest.Chunks, said]);
        var last = contest.Lines[^1];
        await stage.Deliver(last with { Stats = new Dictionary<string, long> { ["rush_yds"] = 999 } });

        await stage.RunJob();

        Assert.Equal(0, await Count("result", "c-reused"));
        Assert.Contains(
            "a version was used twice", await AlertAbout("settlement-mismatch", "c-reused"), StringComparison.Ordinal);
        Assert.Contains($"Version {last.Version} of the line of athlete {last.AthleteId}",
            await AlertAbout("line-version-reused", last.GameId), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_held_result_is_tried_again_and_settled_once_the_two_computations_agree()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-again");
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await pipeline.Execute(
            "update settlement.ranking_chunk set body = replace(body, '\"points\":', '\"points\":1') where contest_id = "
                + "'c-again' and chunk = 0");
        await stage.RunJob();
        Assert.NotNull(await AlertAbout("settlement-mismatch", "c-again"));

        await pipeline.Execute(
            "update settlement.ranking_chunk set body = replace(body, '\"points\":1', '\"points\":') where contest_id = "
                + "'c-again' and chunk = 0");
        await stage.RunJob();
        Assert.Equal(0, await Count("result", "c-again"));
        stage.Pass(SettleJob.HeldCheckEvery);
        await stage.RunJob();

        Assert.Equal(1, await Count("result", "c-again"));
        Assert.Equal(0,
            await pipeline.Scalar<long>(
                "select count(*) from settlement.alert_raised where resolved_at is null and dedup_key like "
                    + "'settlement-%/c-again/%'"));
    }
}
