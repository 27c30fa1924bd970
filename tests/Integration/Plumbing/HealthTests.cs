using System.Net;
using System.Text.Json;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What a worker that runs says of itself to those who run it.</summary>
public sealed class HealthTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_that_runs_is_alive_and_ready_and_one_whose_database_lacks_a_migration_is_alive_and_not_ready()
    {
        using var client = new HttpClient();
        var host = await scope.Start(
            b => b.AddSettlement(), new Dictionary<string, string?> { ["HEALTH_URL"] = "http://127.0.0.1:0" });
        var address = host.Services.GetRequiredService<HealthServer>().Address!;

        await PipelineScope.Eventually(
            async () => (await Ask(client, address + "/readyz")).Status == HttpStatusCode.OK, "Settlement is ready");
        var (_, ready) = await Ask(client, address + "/readyz");
        await scope.Execute("delete from settlement.migration where source = 'worker' and number = 2");
        await PipelineScope.Eventually(
            async () => (await Ask(client, address + "/readyz")).Status == HttpStatusCode.ServiceUnavailable,
            "it says that it is not ready");
        var (_, lacking) = await Ask(client, address + "/readyz");
        var (alive, loops) = await Ask(client, address + "/healthz");

        Assert.Equal(["database", "broker", "partitions"], ready.Select(c => c.Check));
        Assert.DoesNotContain("0 assigned", Assert.Single(ready, c => c.Check == "partitions").What, StringComparison.Ordinal);
        Assert.Contains("lacks migration 002", Assert.Single(lacking, c => !c.Ok).What, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, alive);
        Assert.Equal(["consumer", "job clock", "job maintenance", "job settle", "measure", "outbox"], loops.Select(c => c.Check));
        Assert.All(loops, c => Assert.Equal(("settlement", true), (c.Worker, c.Ok)));
    }

    private static async Task<(HttpStatusCode Status, WorkerCheck[] Checks)> Ask(HttpClient client, string url)
    {
        using var answer = await client.GetAsync(url, Ct);
        var report = JsonSerializer.Deserialize<ProcessHealth>(
            await answer.Content.ReadAsStringAsync(Ct), JsonSerializerOptions.Web)!;
        Assert.Equal(answer.IsSuccessStatusCode, report.Ok);
        return (answer.StatusCode, [.. report.Checks]);
    }
}
