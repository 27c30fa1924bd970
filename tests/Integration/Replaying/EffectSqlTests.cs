using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Scoring;
using LineRow = ContestPipeline.Replay.Effect.LineRow;

namespace ContestPipeline.Integration.Replaying;

/// <summary>What was written since a moment, on a cluster that is old.</summary>
public sealed class EffectSqlTests
{
    /// <summary>As whom the data belongs to: the tool does not run as root.</summary>
    private const string NextEpoch =
        """
        cd / && as= && if [ "$(id -u)" = 0 ]; then as="setpriv --reuid=$(stat -c %u "$1") --regid=$(stat -c %g "$1") --clear-groups"; fi
        exec $as "$0" -e 1 -D "$1"
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_moment_is_one_that_rows_carry_also_in_a_cluster_that_has_used_four_billion_transactions()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-epoch-{Environment.ProcessId}");
        try
        {
            await using (var young = await PrivatePostgres.Start(folder, durable: false, ct: Ct))
                await new Migrator(young.AdminConnectionString, "test").Apply(Backbone.Workers, Ct);
            using (var tool = Process.Start(
                "sh", ["-c", NextEpoch, Path.Combine(PostgresBinaries.Find(), "pg_resetwal"), Path.Combine(folder, "pg")]))
            {
                await tool.WaitForExitAsync(Ct);
                Assert.Equal(0, tool.ExitCode);
            }

            await using var old = await PrivatePostgres.Start(folder, durable: false, ct: Ct);
            await using var database = new WorkerDatabase(ScoringService.Name, old.AdminConnectionString, TimeProvider.System);

            var moment = await database.Run(tx => tx.Now(), Ct);
            await database.Run(
                tx => tx.Execute("insert into scoring.line (game_id, athlete_id, version, stats) values ('g', 'a', 1, '{}')"),
                Ct);

            Assert.True(
                await database.Run(tx => tx.QueryOne<bool>("select pg_current_xact_id()::text::numeric > 4294967295"), Ct),
                "the epoch is not the next one");
            Assert.True(uint.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out _), moment);
            Assert.Equal([new LineRow("g", "a")], await database.Run(tx => tx.LinesWrittenSince(moment), Ct));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
