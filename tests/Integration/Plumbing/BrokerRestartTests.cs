using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// A real broker that is killed under a working relay and comes back: what was committed meanwhile arrives, all of it, in order.
/// </summary>
public sealed class BrokerRestartTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private const int Keys = 10;
    private const int Before = 20;
    private const int While = 20;
    private const int After = 20;

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_broker_killed_under_the_relay_and_started_again_gets_everything_once_committed_in_order()
    {
        var home = PrivateKafka.FindHome(AppContext.BaseDirectory);
        Assert.SkipWhen(home is null, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");
        var ct = TestContext.Current.CancellationToken;
        var folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-broker-{Environment.ProcessId}");
        try
        {
            await KillAndRestart(home, folder, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task KillAndRestart(string home, string folder, CancellationToken ct)
    {
        var broker = await PrivateKafka.Start(home, folder, ct: ct);
        var kafka = KafkaSettings.At(broker.BootstrapServers, "restart.");
        using (var admin = new TopicAdmin(kafka)) await admin.Provision();
        var settings = Probe.Settings(scope);
        settings["KAFKA_BOOTSTRAP_SERVERS"] = kafka.BootstrapServers;
        settings["TOPIC_PREFIX"] = kafka.TopicPrefix;
        var host = await scope.Start(Probe.Add, settings);
        await using var database = scope.Database(Probe.Name);

        await Commit(database, 1, Before);
        await PipelineScope.Eventually(
            async () => await scope.Scalar<long>("select max(sent_position) from probe.outbox_slice") > 0, "some of it is sent");
        await broker.Kill();
        await broker.DisposeAsync();
        await Commit(database, Before + 1, While);
        await using var again = await PrivateKafka.Start(
            home, folder, port: int.Parse(kafka.BootstrapServers.Split(':')[1]), ct: ct);
        await Commit(database, Before + While + 1, After);
        await PipelineScope.Eventually(() => scope.OutboxIsSent(Probe.Name), "everything is sent");
        await scope.Stop(host);

        var expected = Enumerable.Range(1, Before + While + After).Select(n => (long)n).ToArray();
        var sent = new TopicReader(kafka).Read<GameStateV1>(ct).Select(r => r.Message).ToLookup(s => s.GameId, s => s.Version);
        for (var key = 0; key < Keys; key++) Assert.Equal(expected, sent[$"restart-{key}"].Distinct());
    }

    /// <summary>One transaction a version, each with every key.</summary>
    private static async Task Commit(WorkerDatabase database, int first, int count)
    {
        for (var version = first; version < first + count; version++)
        {
            var n = version;
            await database.Run(
                tx =>
                {
                    for (var key = 0; key < Keys; key++) tx.Send(Probe.State($"restart-{key}", n));
                    return Task.CompletedTask;
                }, default);
        }
    }
}
