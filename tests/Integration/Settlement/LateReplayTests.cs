using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Settlement;

/// <summary>
/// Events that are delivered again after the inbox has forgotten them: the tables themselves know what they had.
/// </summary>
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
            contest.Expected.Digest,
            await pipeline.Scalar<string>(
                "select digest from settlement.result where contest_id = @id", new { id = contest.Published.ContestId }));
        Assert.Equal(1, await pipeline.Scalar<long>(
            "select count(*) from settlement.outbox where wire_name = 'contest.settled.v1' and partition_key = @id",
            new { id = contest.Published.ContestId }));
    }

    /// <summary>
    /// The processes that accept entries and those that change them have clocks of their own, and may wait for each other.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_swap_and_a_withdrawal_count_whatever_the_clocks_said(int secondsLater)
    {
        await using var stage = new SettlementStage(pipeline);
        var contestId = $"c-clocks{secondsLater}";
        var published = new PlayedContest(contestId).Published;
        var (at, later) = (published.At, TimeSpan.FromSeconds(secondsLater));
        await stage.Deliver([published, new EntryAcceptedV1("s1", contestId, "e1", "p", ["ath1", "ath2"], 1, at)]);

        await stage.Deliver(new EntryChangedV1("x1", contestId, "e1", 2, ["ath1", "ath3"], at + later));
        Assert.Equal("1 2 ath1,ath3 false", await Entry(contestId));

        await stage.Deliver(new EntryWithdrawnV1("w1", contestId, "e1", "p", at + later));
        Assert.Equal("1 2 ath1,ath3 true", await Entry(contestId));
    }

    [Fact]
    public async Task An_entry_that_was_swapped_and_taken_back_stays_so_when_all_of_it_comes_again()
    {
        await using var stage = new SettlementStage(pipeline);
        var published = new PlayedContest("c-lives").Published;
        IMessage[] life =
        [
            new EntryAcceptedV1("s1", "c-lives", "e1", "p", ["ath1", "ath2"], 1, published.At),
            new EntryChangedV1("x1", "c-lives", "e1", 2, ["ath1", "ath3"], published.At),
            new EntryChangedV1("x2", "c-lives", "e1", 3, ["ath4", "ath3"], published.At),
            new EntryWithdrawnV1("w1", "c-lives", "e1", "p", published.At),
        ];
        await stage.Deliver([published, .. life]);

        foreach (var upTo in Enumerable.Range(1, life.Length))
        {
            await stage.Deliver(life[..upTo]);
            await stage.Deliver(life[upTo - 1]);
            Assert.Equal("1 3 ath4,ath3 true", await Entry("c-lives"));
        }
    }

    [Fact]
    public async Task A_swap_and_a_withdrawal_count_also_when_a_replay_brings_what_was_before_them_in_the_same_batch()
    {
        await using var stage = new SettlementStage(pipeline);
        var published = new PlayedContest("c-mixed").Published;
        IMessage accepted = new EntryAcceptedV1("s1", "c-mixed", "e1", "p", ["ath1", "ath2"], 1, published.At);
        IMessage first = new EntryChangedV1("x1", "c-mixed", "e1", 2, ["ath1", "ath3"], published.At);
        await stage.Deliver([published, accepted, first]);

        await stage.Deliver(
            [new EntryChangedV1("x2", "c-mixed", "e1", 3, ["ath4", "ath3"], published.At),
                new EntryWithdrawnV1("w1", "c-mixed", "e1", "p", published.At), accepted, first]);

        Assert.Equal("1 3 ath4,ath3 true", await Entry("c-mixed"));
    }

    private Task<string?> Entry(string contestId) => pipeline.Scalar<string>(
        "select acceptance_no || ' ' || version || ' ' || lineup || ' ' || withdrawn from settlement.entry where contest_id = "
            + "@contestId and entry_id = 'e1'", new { contestId });
}
