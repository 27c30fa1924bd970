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
        Assert.All(DeclaredTopics.All(),
            s => Assert.True(
                TopicRights.Of(s.Topic).Readers.Contains(s.Worker), $"{s.Worker} consumes {s.Topic} and may not read it"));
    }

    [Fact]
    public void Money_is_moved_by_settlement_alone_and_no_worker_that_faces_the_internet_writes_results()
    {
        Assert.Equal([Principals.Settlement, Principals.Replay], TopicRights.Of(Topics.Results).Writers);
        Assert.Equal([Principals.Scoring, Principals.Replay], TopicRights.Of(Topics.ContestEvents).Writers);
        Assert.Equal(
            [Topics.Rejected(Topics.FeedGames), Topics.FeedRecovery, Topics.StripeWebhooks, Topics.StatLines, Topics.Alerts],
            TopicRights.WrittenBy(Principals.Ingestion));
    }

    /// <summary>A contest pays with the house's money: whoever may enter players may not make one, nor end one.</summary>
    [Fact]
    public void What_only_operators_say_of_contests_nobody_else_may_write()
    {
        Assert.Equal([Principals.Operator, Principals.Replay], TopicRights.Of(Topics.ContestOperations).Writers);
        Assert.All([typeof(CreateContestV1), typeof(CancelContestV1), typeof(RetrySettlementV1), typeof(DecideProofV1)],
            t => Assert.Equal(Topics.ContestOperations, WireTypes.Of(t).Topic));
        Assert.DoesNotContain(TopicRights.All, r => r.Writers.Contains(Principals.Front) && r.Topic != Topics.ContestCommands);
        Assert.All(
            WireTypes.All.Where(t => WireTypes.Of(t).Topic == Topics.ContestCommands),
            t => Assert.Contains(t, (Type[])[typeof(SubmitEntryV1), typeof(SwapAthleteV1), typeof(WithdrawEntryV1),
                typeof(SubmitProofV1), typeof(VoteV1), typeof(CancelChallengeV1)]));
    }

    /// <summary>
    /// Of an operator's command the worker judges whether it was on the topic of players before it was refused there; a player's
    /// has nothing to do on that of operators.
    /// </summary>
    [Theory]
    [InlineData("contest.submit-entry.v1", Topics.ContestOperations, true)]
    [InlineData("contest.create.v1", Topics.ContestOperations, false)]
    [InlineData("contest.create.v1", Topics.ContestCommands, false)]
    [InlineData("contest.create.v1", Topics.FeedGames, true)]
    public void A_command_is_read_on_its_topic_and_where_it_once_was(string type, string topic, bool isRefused)
    {
        var envelope = Envelope(topic, "tests") with { WireName = type };
        envelope = envelope with { Headers = new Dictionary<string, string>(envelope.Headers) { ["ce_type"] = type } };
        Assert.Equal(
            isRefused, EnvelopeReader.Read(envelope, custom: null) is DecodeResult.Malformed { Reason: "type-on-wrong-topic" });
    }

    /// <summary>
    /// What has no outside producers is taken from the worker that is declared to write it, and from nobody else.
    /// </summary>
    [Theory]
    [MemberData(nameof(OwnTopics))]
    public void A_message_that_says_it_comes_from_somebody_else_is_no_message_of_the_topic(string topic)
    {
        foreach (var source in (string[])["tests", "contestpipeline/tests", .. Principals.Workers.Select(TopicRights.SourceOf),
            "stripe/platform"])
        {
            var reading = EnvelopeReader.Read(Envelope(topic, source), custom: null);
            var isForged = reading is DecodeResult.Malformed { Reason: "source-not-allowed" };
            Assert.Equal(!TopicRights.SourcesOf(topic).Contains(source), isForged);
        }
    }

    private static Envelope Envelope(string topic, string source) => EnvelopeReader.Envelope(
        topic, 0, 0, "key",
        new Dictionary<string, string> { ["ce_id"] = "1", ["ce_source"] = source, ["ce_type"] = "some.type.v1",
            ["ce_time"] = "2026-10-02T17:00:00Z" },
        Encoding.UTF8.GetBytes("{}"), DateTimeOffset.UnixEpoch);
}
