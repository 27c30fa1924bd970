using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// What Scoring has cancelled is paid to nobody, whatever comes on contests.results.v1 and whenever: its fees go back.
/// </summary>
public sealed class CancelledResultTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_result_of_a_contest_that_was_final_and_then_cancelled_is_held_with_an_alert()
    {
        await world.GivenAccount("after");
        var contest = ContestBuilder.Of("c-cancelled", "after");
        await world.GivenFinal(contest.Settled);
        await Cancel("c-cancelled");

        await world.GivenResult(contest.Chunks, contest.Settled);
        await Rest();

        Assert.Equal("held", await State("c-cancelled"));
        Assert.Equal("the contest was cancelled: storm",
            await world.Scalar<string>("select held_reason from payout.contest where contest_id = 'c-cancelled'"));
        await NothingOf("c-cancelled");
        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Subject == "c-cancelled");
        Assert.Equal(
            ("result-unfounded/c-cancelled/1", "result-unfounded", "critical"), (alert.DedupKey, alert.Kind, alert.Severity));
        Assert.Contains("the contest was cancelled: storm", alert.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_came_before_the_cancellation_and_waits_is_held_by_it()
    {
        await world.GivenAccount("waits");
        var contest = ContestBuilder.Of("c-waits", "waits");
        await world.GivenPublished(contest.Settled);
        await world.GivenResult(contest.Chunks, contest.Settled);
        Assert.Equal("receiving", await State("c-waits"));

        await Cancel("c-waits");
        await world.Finalize("c-waits", 1);
        await Rest();

        Assert.Equal("held", await State("c-waits"));
        await NothingOf("c-waits");
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == "result-unfounded/c-waits/1");
    }

    [Fact]
    public async Task Awards_that_are_being_posted_stop_at_the_cancellation()
    {
        await world.GivenAccount("half-1");
        await world.GivenAccount("half-2");
        var contest = ContestBuilder.Of("c-half", 1, ("half-1", [10_000]), ("half-2", [10_000]));
        await world.GivenFinal(contest.Settled);
        await world.GivenResult(contest.Chunks, contest.Settled);
        Assert.True(await world.Database.Run(new PostAwardsJob(awardsPerTransaction: 1).Run, CancellationToken.None));
        Assert.Equal("posting", await State("c-half"));

        await Cancel("c-half");
        await Rest();

        Assert.Equal("held", await State("c-half"));
        Assert.Equal(0, await Paid("c-half"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == "result-unfounded/c-half/1");
    }

    [Fact]
    public async Task Payouts_that_were_made_and_not_sent_are_held_until_a_person_decides()
    {
        var contest = ContestBuilder.Of("c-late", "late-1", "late-2");
        await world.GivenAccount("late-1");
        await world.GivenSettled(contest);
        await Rest();
        Assert.Equal(1, await Paid("c-late"));

        await Cancel("c-late");
        await world.GivenAccount("late-2");
        await Rest();

        Assert.Equal(1, await Paid("c-late"));
        Assert.Equal(
            "held, the contest was cancelled: storm",
            await world.Scalar<string>(
                "select state || ', ' || reason from payout.payout where contest_id = 'c-late' and player_id = 'late-2'"));
        Assert.Contains(
            await world.Sent<AlertRaisedV1>(), a => a.DedupKey == "result-unfounded/c-late/1" && a.Severity == "critical");

        var payoutId =
            (await world.Scalar<string>(
                "select payout_id from payout.payout where contest_id = 'c-late' and player_id = 'late-2'"))!;
        Assert.IsType<ReviewPayout.Release>(
            await world.Database.Run(tx => tx.Review(payoutId, new ReviewWish(ReviewWish.Release, "ann", "it was played"), null),
                CancellationToken.None));
        await Rest();
        Assert.Equal(2, await Paid("c-late"));
    }

    [Fact]
    public async Task A_further_revision_of_a_contest_that_was_cancelled_is_held()
    {
        await world.GivenAccount("twice");
        await world.GivenSettled(ContestBuilder.Of("c-twice", 1, ("twice", [10_000])));
        await Rest();
        await Cancel("c-twice");

        var further = ContestBuilder.Further("c-twice", 2, ("twice", [5_000]));
        await world.Finalize("c-twice", 2);
        await world.GivenResult(further.Chunks, further.Settled);
        await Rest();

        Assert.Equal(
            "held", await world.Scalar<string>("select state from payout.contest where contest_id = 'c-twice' and revision = 2"));
        Assert.Equal(1, await Paid("c-twice"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == "result-unfounded/c-twice/2");
    }

    private Task Cancel(string contestId)
    {
        IMessage cancelled = new ContestCancelledV1(contestId, "cancel", "storm", "ann", DateTimeOffset.UnixEpoch);
        return world.Database.Run(
            tx => new CollectionHandler(OverlayLimit.Default)
                .Handle([new Received<IMessage>(cancelled, world.EnvelopeOf(cancelled))], tx),
            CancellationToken.None);
    }

    /// <summary>Everything that could pay it has its turn, the look at held contests too.</summary>
    private async Task Rest()
    {
        world.Clock.Forward(UnfoundedResultsJob.Patience + TimeSpan.FromSeconds(1));
        foreach (var job in (IJob[])[new UnfoundedResultsJob(), new HeldContestsJob(OverlayLimit.Default)])
        {
            while (await world.Database.Run(job.Run, CancellationToken.None))
            {
            }
        }

        await world.PostAwards();
        var runner = world.Runner();
        while (await runner.RunOnce(CancellationToken.None) > 0)
        {
        }
    }

    private async Task NothingOf(string contestId)
    {
        Assert.Equal(
            0, await world.Scalar<long>($"select count(*) from payout.ledger_transfer where contest_id = '{contestId}'"));
        Assert.Equal(0, await world.Scalar<long>($"select count(*) from payout.payout where contest_id = '{contestId}'"));
    }

    private Task<long> Paid(string contestId) =>
        world.Scalar<long>($"select count(*) from payout.payout where contest_id = '{contestId}' and state = 'paid'");

    private Task<string?> State(string contestId) =>
        world.Scalar<string>($"select state from payout.contest where contest_id = '{contestId}'");
}
