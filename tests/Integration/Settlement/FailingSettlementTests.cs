using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Settlement;
using Npgsql;

namespace ContestPipeline.Integration.Settlement;

/// <summary>A settlement that is begun again and again.</summary>
public sealed class FailingSettlementTests(PipelineScope pipeline) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task One_that_never_comes_to_its_end_is_told_of_by_name_and_goes_on_once_it_can()
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest("c-endless");
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        await pipeline.Execute(
            """
            create function settlement.endless() returns trigger language plpgsql as
            $$ begin raise exception 'canceling statement due to statement timeout' using errcode = 'query_canceled'; end $$;
            create trigger endless before insert on settlement.result for each row execute function settlement.endless()
            """);

        var job = SettlementStage.NewJob();
        for (var attempt = 1; attempt <= SettleJob.AttemptsMax; attempt++)
        {
            Assert.Equal(0, await Alerts());
            await Assert.ThrowsAsync<PostgresException>(() => stage.Run(job));
            stage.Pass(TimeSpan.FromSeconds(1));
        }

        await Assert.ThrowsAsync<PostgresException>(() => stage.Run(job));
        Assert.Equal(1, await Alerts());

        await pipeline.Execute("drop trigger endless on settlement.result");
        stage.Pass(TimeSpan.FromSeconds(1));
        await stage.Run(job);
        Assert.Equal(contest.Expected.Digest,
            await pipeline.Scalar<string>("select digest from settlement.result where contest_id = 'c-endless'"));
        Assert.Equal(1, await Alerts());
    }

    private Task<long> Alerts() => pipeline.Scalar<long>(
        "select count(*) from settlement.outbox where wire_name = @name and convert_from(body, 'utf8')::jsonb ->> 'kind' = "
            + "'settlement-failing'",
        new { name = WireTypes.Of(typeof(AlertRaisedV1)).Name });
}
