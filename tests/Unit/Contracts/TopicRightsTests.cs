using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Unit.Contracts;

/// <summary>Who may write and read which topic, and that a message says who wrote it.</summary>
public sealed class TopicRightsTests
{
    public static TheoryData<string> OwnTopics =>
        [.. Topics.All.Select(t => t.Name).Where(t => TopicRights.SourcesOf(t).Count > 0)];

    [Fact]
    public void Every_topic_has_writers_and_readers_and_every_worker_reads_what_it_consumes()
    {
        Assert.All(TopicRights.All, right => Assert.True(right.Writers.Count > 0 && right.Readers.Count > 0, right.Topic));
        Assert.Equal(Topics.All.Select(t => t.Name), TopicRights.All.Select(r => r.Topic));
        Assert.Equal(Principals.Workers, DeclaredWorkers.All.Select(w => w.Name));
        Assert.All(DeclaredTopics.All(), s => Assert.True(TopicRights.Of(s.Topic).Readers.Contains(s.Worker), $"{s.Worker} consumes {s.Topic} and may not read it"));
    }

    [Fact]
    public void Money_is_moved_by_settlement_alone_and_no_worker_that_faces_the_internet_writes_results()
    {
        Assert.Equal([Principals.Settlement, Principals.Replay], TopicRights.Of(Topics.Results).Writers);
        Assert.Equal([Principals.Scoring, Principals.Replay], TopicRights.Of(Topics.ContestEvents).Writers);
        Assert.Equal([Topics.Rejected(Topics.FeedGames), Topics.StripeWebhooks, Topics.StatLines, Topics.Alerts], TopicRights.WrittenBy(Principals.Ingestion));
    }

    /// <summary>What has no outside producers is taken from the worker that is declared to write it, and from nobody else.</summary>
    [Theory]
    [MemberData(nameof(OwnTopics))]
    public void A_message_that_says_it_comes_from_somebody_else_is_no_message_of_the_topic(string topic)
    {
        foreach (var source in (string[])["tests", "contestpipeline/tests", .. Principals.Workers.Select(TopicRights.SourceOf), "stripe/platform"])
        {
            var reading = EnvelopeReader.Read(Envelope(topic, source), custom: null);
            var isForged = reading is Reading.Malformed { Reason: "source-not-allowed" };
            Assert.Equal(!TopicRights.SourcesOf(topic).Contains(source), isForged);
        }
    }

    private static Envelope Envelope(string topic, string source) => EnvelopeReader.Envelope(
        topic, 0, 0, "key",
        new Dictionary<string, string> { ["ce_id"] = "1", ["ce_source"] = source, ["ce_type"] = "some.type.v1", ["ce_time"] = "2026-10-02T17:00:00Z" },
        Encoding.UTF8.GetBytes("{}"), DateTimeOffset.UnixEpoch);
}
