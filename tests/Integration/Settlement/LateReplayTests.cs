using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Settlement;

/// <summary>Events that are delivered again after the inbox has forgotten them: the tables themselves know what they had.</summary>
public sealed class LateReplayTests(PipelineScope pipeline) : IClassFixture<PipelineScope>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_whole_contest_that_comes_again_changes_nothing(bool isSettled)
    {
        await using var stage = new SettlementStage(pipeline);
        var contest = new PlayedContest($"c-late-{isSettled}");
        await stage.Deliver([.. contest.Lines, .. contest.Events]);
        if (isSettled) await stage.RunJob();

        foreach (var message in contest.Events) await stage.Deliver(message);
        await stage.Deliver(contest.Events);
        await stage.RunJob();

        Assert.Equal(
            contest.Expected.Digest, await pipeline.Scalar<string>("select digest from settlement.result where contest_id = @id", new { id = contest.Published.ContestId }));
        Assert.Equal(1, await pipeline.Scalar<long>(
            "select count(*) from settlement.outbox where wire_name = 'contest.settled.v1' and partition_key = @id", new { id = contest.Published.ContestId }));
    }

    [Fact]
    public async Task The_first_life_of_an_entry_that_was_taken_back_and_entered_again_does_not_touch_the_second()
    {
        await using var stage = new SettlementStage(pipeline);
        var published = new PlayedContest("c-lives").Published;
        var at = published.At;
        IMessage[] first =
        [
            new EntryAcceptedV1("s1", "c-lives", "e1", "p", ["ath1", "ath2"], 1, at), new EntryChangedV1("x1", "c-lives", "e1", 2, ["ath1", "ath3"], at.AddMinutes(1)),
            new EntryWithdrawnV1("w1", "c-lives", "e1", "p", at.AddMinutes(2)),
        ];
        IMessage[] second = [new EntryAcceptedV1("s2", "c-lives", "e1", "p", ["ath4", "ath5"], 2, at.AddMinutes(3))];
        await stage.Deliver([published, .. first, .. second]);

        await stage.Deliver(first);
        foreach (var message in first) await stage.Deliver(message);
        Assert.Equal("2 1 ath4,ath5 false", await Entry());

        await stage.Deliver(new EntryChangedV1("x2", "c-lives", "e1", 2, ["ath4", "ath6"], at.AddMinutes(4)));
        await stage.Deliver(second);
        Assert.Equal("2 2 ath4,ath6 false", await Entry());

        await stage.Deliver([.. second, new EntryWithdrawnV1("w2", "c-lives", "e1", "p", at.AddMinutes(5))]);
        Assert.Equal("2 2 ath4,ath6 true", await Entry());
    }

    private Task<string?> Entry() => pipeline.Scalar<string>(
        "select acceptance_no || ' ' || version || ' ' || lineup || ' ' || withdrawn from settlement.entry where contest_id = 'c-lives' and entry_id = 'e1'");
}
