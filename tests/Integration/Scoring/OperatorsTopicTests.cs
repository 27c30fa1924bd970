using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>
/// Whoever may enter players makes no contest and ends none; what operators sent there before that was so is handled still.
/// </summary>
public sealed class OperatorsTopicTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task An_operator_s_command_on_the_topic_of_players_is_rejected_and_says_where_it_goes()
    {
        await rig.Command(Slate.Create("there"));
        await rig.CommandOfPlayers(7_000, Slate.Create("stolen"));
        await rig.CommandOfPlayers(7_001, new CancelContestV1("stolen-c", "there", "storm", "front"));
        await rig.CommandOfPlayers(7_002, new RetrySettlementV1("stolen-r", "there", "again", "front"));

        Assert.Equal(0, await scope.Scalar<long>("select count(*) from scoring.contest where contest_id = 'stolen'"));
        Assert.Equal("SCHEDULED", await rig.State("there"));
        RejectedV1[] rejected = [.. await rig.Sent<RejectedV1>("stolen"), .. await rig.Sent<RejectedV1>("there")];
        Assert.Equal(3, rejected.Length);
        Assert.All(rejected, r => Assert.Equal(
            (Topics.ContestCommands, "type-on-wrong-topic", "ce_type",
                "a message type of contest.commands.v1; this one goes to contest.operations.v1"),
                (r.Topic, r.Reason, r.Field, r.Expected)));
        Assert.Empty(await rig.Sent<CommandRejectedV1>("there"));

        await rig.Command(Slate.Create("stolen"));
        Assert.Single(await rig.Sent<ContestPublishedV1>("stolen"));
    }

    [Fact]
    public async Task One_that_was_answered_gets_the_same_answer_wherever_it_comes_again()
    {
        await rig.Command(Slate.Create("again-there"));

        await rig.CommandOfPlayers(8_000, Slate.Create("again-there"));

        var told = await rig.Sent<ContestPublishedV1>("again-there");
        Assert.Equal((2, told[0].DefinitionHash, told[0].At), (told.Count, told[1].DefinitionHash, told[1].At));
        Assert.Empty(await rig.Sent<RejectedV1>("again-there"));
    }

    [Fact]
    public async Task What_lay_there_when_scoring_first_started_with_the_new_topic_is_handled_and_what_comes_later_is_not()
    {
        for (var n = 1; n <= 3; n++) await scope.Publish(Slate.Submit("former", n, 0, 1, 2, 3));
        await using var database = scope.Database(ScoringService.Name, rig.Clock);
        await FormerCommands.NoteEnds(scope.Kafka, database, TestContext.Current.CancellationToken);
        var (partition, end) = Assert.Single(
            new TopicRanges(scope.Kafka).All(Topics.ContestCommands).Where(r => r.To > 0).Select(r => (r.Partition, r.To)));

        await rig.CommandOfPlayers(end - 1, Slate.Create("before"), partition);
        await rig.CommandOfPlayers(end, Slate.Create("after"), partition);
        Assert.Single(await rig.Sent<ContestPublishedV1>("before"));
        Assert.Empty(await rig.Sent<ContestPublishedV1>("after"));
        Assert.Single(await rig.Sent<RejectedV1>("after"));

        await scope.Publish(Slate.Submit("former", 4, 0, 1, 2, 3));
        await FormerCommands.NoteEnds(scope.Kafka, database, TestContext.Current.CancellationToken);
        Assert.Equal(end,
            await scope.Scalar<long>(
                "select end_offset from scoring.former_command where partition = @partition", new { partition }));
    }
}
