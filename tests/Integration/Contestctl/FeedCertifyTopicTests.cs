using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Integration.Infrastructure;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>A conformance run against the topic that a provider writes.</summary>
public sealed class FeedCertifyTopicTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task A_game_on_the_topic_is_certified_until_one_of_its_numbers_is_given_twice()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) folder = folder.Parent!;
        var sample = Path.Combine(folder.FullName, "samples", "nyg-at-min-2016-week-4.jsonl");
        Assert.Equal(ExitCodes.Success, await Run($"feed play {sample} --speed 0 --duplicates 20 --reorder 8 --seed 7"));

        Assert.Equal(ExitCodes.Success, await Run("feed certify --topic --rules draftkings-nfl-classic"));
        Assert.Equal(ExitCodes.Success, await Run("feed certify --topic --game 2016100300 --json"));

        await scope.Publish(
            [new FeedPlayV1("2016100300", "another", 20, 1, PlayOps.Upsert, true, [], DateTimeOffset.UnixEpoch.AddYears(46))]);
        Assert.Equal(ExitCodes.CheckFailed, await Run("feed certify --topic"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("feed certify --topic --game nobodys"));
        await scope.Producer.PublishRaw(Topics.FeedGames, "g",
            new Dictionary<string, string> { ["ce_type"] = "feed.play.v1" }, "{}"u8.ToArray());
        Assert.Equal(ExitCodes.CheckFailed, await Run("feed certify --topic --game g"));

        Assert.Equal(ExitCodes.Success, await Run("feed rejections"));
        var host = await scope.Start(builder => builder.AddIngestion());
        await PipelineScope.Eventually(
            () => Task.FromResult(scope.ReadTopic(Topics.Rejected(Topics.FeedGames)).Count == 2), "both are rejected");
        await scope.Stop(host);
        Assert.Equal(ExitCodes.CheckFailed, await Run("feed rejections --game g --json"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("feed rejections"));
        Assert.Equal(ExitCodes.Success, await Run("feed rejections --source nobody"));
    }

    private Task<int> Run(string arguments) => CommandLine.Run(
        arguments.Split(' '),
        new Session(new ConfigurationBuilder().AddInMemoryCollection(scope.Settings()).Build(), TimeProvider.System),
        TestContext.Current.CancellationToken);
}
