using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What a worker says to PostgreSQL over and over is parsed and planned once.</summary>
public sealed class StatementTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const int Runs = 20;

    /// <summary>Before that Npgsql does not know that a statement will come again.</summary>
    private const int BeforeItIsPrepared = 5;

    [Fact]
    public async Task A_statement_is_planned_once_whether_its_time_is_given_or_not()
    {
        var planned = await scope.Database("payout").Run(
            async tx =>
            {
                for (var run = 0; run < Runs; run++)
                {
                    var at = run % 2 == 0 ? tx.Now : (DateTimeOffset?)null;
                    Assert.Equal(
                        at is null, await tx.QueryOne<bool>("select @at::timestamptz is null as now_and_then", new { at }));
                }

                return await tx.QueryOne<long>(
                    "select generic_plans + custom_plans from pg_prepared_statements where statement like '%is null as "
                        + "now_and_then'");
            }, TestContext.Current.CancellationToken);

        Assert.InRange(planned, Runs - BeforeItIsPrepared, Runs);
    }
}
