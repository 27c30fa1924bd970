using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What a broker holds, asked by many at once: each with a client that has just been made.</summary>
public sealed class TopicRangesTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const int Askers = 24;
    private const int Questions = 4;

    [Fact]
    public async Task Whoever_asks_what_a_topic_holds_with_a_client_that_knows_no_leader_yet_is_told_and_the_process_lives()
    {
        await scope.Publish([.. Enumerable.Range(1, 30)
            .Select(n => new FeedStatusV1($"game-{n % 7}", n, GameStatus.InProgress, DateTimeOffset.UnixEpoch))]);

        var told = await Task.WhenAll(Enumerable.Range(0, Askers).Select(_ => Task.Factory.StartNew(
            () => Enumerable.Range(0, Questions).Select(_ => new TopicRanges(scope.Kafka).All(Topics.FeedGames)).ToArray(),
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(Askers * Questions, told.Sum(t => t.Length));
        Assert.All(told.SelectMany(t => t),
            ranges =>
                Assert.Equal((Topics.Find(Topics.FeedGames).Partitions, 30L), (ranges.Count, ranges.Sum(r => r.To - r.From))));
    }
}
