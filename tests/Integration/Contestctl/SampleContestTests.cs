using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>The definition in samples is one that <c>contest create</c> publishes as it lies there.</summary>
public sealed class SampleContestTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task The_contest_in_samples_is_created_once_however_often_it_is_sent()
    {
        var host = await scope.Start(builder => builder.AddScoring());
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) folder = folder.Parent!;
        var sample = Path.Combine(folder.FullName, "samples", "contest.json");

        Assert.Equal(ExitCodes.Success, await Run($"contest create {sample} --wait 60"));
        Assert.Equal(ExitCodes.Success, await Run($"contest create {sample} --wait 60 --json"));
        await scope.Stop(host);

        Assert.Single(
            new TopicReader(scope.Kafka).Read<ContestPublishedV1>(TestContext.Current.CancellationToken)
                .DistinctBy(p => p.Envelope.MessageId), p => p.Message.ContestId == "sample-two-games");
    }

    private Task<int> Run(string arguments) => CommandLine.Run(
        arguments.Split(' '),
        new Session(new ConfigurationBuilder().AddInMemoryCollection(scope.Settings()).Build(), TimeProvider.System),
        TestContext.Current.CancellationToken);
}
