using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Integration.Scoring.Restored;

/// <summary>What a restored Scoring had published it reads from the broker before its loops start.</summary>
public sealed class ReadBackTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_it_published_is_read_back_from_the_broker_when_its_group_is_further_than_its_database()
    {
        const string Key = "read-back";
        var topic = Topics.ContestCommands;
        await scope.Producer.PublishRaw(topic, Key, new Dictionary<string, string>(), "{}"u8.ToArray());
        var partition = KeyHash.Partition(Key, Topics.Find(topic).Partitions);
        scope.SetGroup(ScoringService.Name, topic, partition, 1);
        var said = new CommandRejectedV1("c1", Key, "t", Reasons.ContestLocked, "m", null, "h", Slate.Lock);
        foreach (var source in (string[])[TopicRights.SourceOf(ScoringService.Name), "somebody"])
            await scope.Producer.PublishRaw(Topics.ContestEvents, Key,
                CloudEvents.Read(CloudEvents.Headers(source, WireTypes.Of(said.GetType()).Name, source, Slate.Lock, null)),
                WireJson.Bytes(said with { CommandId = source }));
        await scope.Execute(
            """
            insert into scoring.partition_owner (topic, partition, epoch) values (@topic, @partition, 4);
            insert into scoring.handled_offset (topic, partition, epoch, next_offset, handled_at)
            values (@topic, @partition, 4, 0, now())
            """, new { topic, partition });

        using var host = scope.Build(b => b.AddScoring());
        await host.Services.GetRequiredKeyedService<StartCheck>(ScoringService.Name).StartAsync(ct);

        Assert.Equal([TopicRights.SourceOf(ScoringService.Name)],
            await scope.Query<string>("select ref from scoring.published_before where contest_id = @Key", new { Key }));
    }
}
