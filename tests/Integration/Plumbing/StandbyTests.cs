using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>A standby has the tables and answers every question, late: no worker may take it for the truth.</summary>
public sealed class StandbyTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task A_worker_refuses_to_start_on_a_standby_and_names_the_setting()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-standby-{Environment.ProcessId}");
        try
        {
            await using (var primary = await PrivatePostgres.Start(folder, durable: false, ct: ct))
                await new Migrator(primary.AdminConnectionString, "test").Apply(Backbone.Workers, ct);
            await File.WriteAllTextAsync(Path.Combine(folder, "pg", "standby.signal"), "", ct);
            await using var standby = await PrivatePostgres.Start(folder, durable: false, ct: ct);
            var settings = new Dictionary<string, string?> { ["SETTLEMENT_DATABASE"] = standby.ConnectionString("postgres", SettlementService.Name) };

            var refused = await Assert.ThrowsAsync<SettingException>(() => scope.Start(builder => builder.AddSettlement(), settings));

            Assert.StartsWith("SETTLEMENT_DATABASE names a standby", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
