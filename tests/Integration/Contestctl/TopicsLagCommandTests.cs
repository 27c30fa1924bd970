using System.Diagnostics;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>How far behind workers are, from a broker that speaks the Kafka protocol.</summary>
public sealed class TopicsLagCommandTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly (string Worker, string Topic)[] s_feed = [(IngestionService.Name, Topics.FeedGames)];
    private static readonly (string Worker, string Topic)[] s_commands = [(ScoringService.Name, Topics.ContestCommands)];

    [Fact]
    public async Task A_worker_that_never_ran_is_behind_by_all_there_is_and_by_nothing_once_it_ran()
    {
        await scope.Publish([.. Enumerable.Range(1, 30)
            .Select(n => new FeedStatusV1($"game-{n % 7}", n, GameStatus.InProgress, DateTimeOffset.UnixEpoch))]);

        var before = await Unread();
        Assert.Equal(30, before.Sum(u => u.Lag));
        Assert.All(before, u => Assert.Null(u.Committed));
        Assert.All(before, u => Assert.Equal(u.Lag > 0, u.OldestUnreadAt is not null));
        var written = scope.ReadTopic(Topics.FeedGames).GroupBy(e => e.Partition).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(before, u => Assert.Equal(written.GetValueOrDefault(u.Partition), u.Lag));
        Assert.Equal(ExitCodes.CheckFailed, await Run("topics lag --worker ingestion --max-lag 29"));
        Assert.Equal(ExitCodes.Success, await Run("topics lag --worker ingestion --max-lag 30 --partitions"));
        Assert.Equal(ExitCodes.Success, await Run("topics lag --json"));

        var host = await scope.Start(builder => builder.AddIngestion());
        await PipelineScope.Eventually(async () => (await Unread()).Sum(u => u.Lag) == 0, "all is read");
        await scope.Stop(host);

        Assert.Equal(ExitCodes.Success, await Run("topics lag --worker ingestion --topic feed.games.v1 --max-lag 0"));
        Assert.All(await Unread(), u => Assert.Null(u.OldestUnreadAt));
    }

    [Fact]
    public async Task A_worker_is_not_behind_by_what_an_outside_producer_s_transaction_leaves_at_the_end()
    {
        var home = PrivateKafka.FindHome(AppContext.BaseDirectory);
        Assert.SkipUnless(scope.Backbone.IsRealBroker && home is not null,
            "skipped: no Kafka distribution, whose tool writes in transactions (set KAFKA_HOME, or put one into "
                + "../shared/kafka)");
        using (var outside = Process.Start("java",
        [
            "-Xmx128m", "-cp", Path.Combine(home, "libs", "*"), "org.apache.kafka.tools.ProducerPerformance", "--topic",
            scope.Kafka.TopicPrefix + Topics.ContestCommands, "--num-records", "1", "--record-size", "10", "--throughput", "-1",
            "--transactional-id", "outside", "--transaction-duration-ms", "100", "--producer-props",
            $"bootstrap.servers={scope.Kafka.BootstrapServers}",
        ]))
        {
            await outside.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, outside.ExitCode);
        }

        var host = await scope.Start(builder => builder.AddScoring());
        await PipelineScope.Eventually(
            async () => (await Unread(s_commands)).Sum(u => u.Committed ?? 0) > 0, "the record is read");
        await scope.Stop(host);

        var read = (await Unread(s_commands)).Single(u => u.End > 0);
        Assert.Equal((1L, 2L, 0L), (read.Committed, read.End, read.Lag));
        Assert.Equal(ExitCodes.Success, await Run("topics lag --worker scoring --topic contest.commands.v1 --max-lag 0"));
    }

    [Fact]
    public async Task Topics_that_are_missing_are_found_and_a_broker_that_does_not_answer_is_a_setting_named()
    {
        Assert.Equal(ExitCodes.CheckFailed, await Run("topics lag", ("TOPIC_PREFIX", "nobodys.")));
        Assert.Equal(ExitCodes.Usage, await Run("topics lag", ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")));
    }

    private async Task<IReadOnlyList<UnreadPartition>> Unread((string Worker, string Topic)[]? of = null)
    {
        using var admin = new TopicAdmin(scope.Kafka);
        return await new UnreadRecords(scope.Kafka, admin.List()).Of(of ?? s_feed);
    }

    private Task<int> Run(string arguments, params (string Name, string Value)[] changes)
    {
        var settings = scope.Settings();
        foreach (var (name, value) in changes) settings[name] = value;
        return CommandLine.Run(
            arguments.Split(' '),
            new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System),
            TestContext.Current.CancellationToken);
    }
}
