using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout;

/// <summary>Whoever can write contests.results.v1, and nothing else, moves no cent.</summary>
public sealed class ForgedResultTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_forged_pair_of_awards_and_settled_of_a_contest_that_nobody_published_is_held_with_an_alert()
    {
        await world.GivenAccount("thief");
        await Result(ContestBuilder.Of("c-forged", "thief"));

        await RestAndLook();

        Assert.Equal("held", await State("c-forged"));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.ledger_transfer where contest_id = 'c-forged'"));
        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Subject == "c-forged");
        Assert.Equal(("result-unfounded", "critical"), (alert.Kind, alert.Severity));
        Assert.Contains("contest.published.v1", alert.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_of_a_contest_that_is_still_played_is_held_and_is_paid_when_scoring_is_through_with_it()
    {
        await world.GivenAccount("early");
        var contest = ContestBuilder.Of("c-played", "early");
        await world.GivenPublished(contest.Settled);
        await Result(contest);

        await RestAndLook();
        Assert.Equal("held", await State("c-played"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Subject == "c-played" && a.Cause.Contains("contest.finalized.v1 of revision 1", StringComparison.Ordinal));

        await world.Finalize("c-played", 1);
        await world.PostAwards();
        await world.RunToRest(world.Runner());
        Assert.Equal("paid", await world.Scalar<string>("select state from payout.payout where contest_id = 'c-played'"));
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == "result-unfounded/c-played/1");
    }

    [Fact]
    public async Task A_result_that_comes_before_what_scoring_told_waits_and_nobody_is_alarmed()
    {
        await world.GivenAccount("before");
        var contest = ContestBuilder.Of("c-before", "before");
        await Result(contest);
        await Look();
        Assert.Equal("receiving", await State("c-before"));

        await world.Finalize("c-before", 1);
        await world.GivenPublished(contest.Settled);
        await world.PostAwards();
        await world.RunToRest(world.Runner());

        Assert.Equal("paid", await world.Scalar<string>("select state from payout.payout where contest_id = 'c-before'"));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.Subject == "c-before");
    }

    [Fact]
    public async Task A_result_with_more_overlay_than_the_definition_guarantees_is_held_with_an_alert()
    {
        await world.GivenAccount("greedy");
        var published = ContestBuilder.Of("c-greedy", 1, ("greedy", [10_000]));
        await world.GivenFinal(published.Settled);

        await Result(ContestBuilder.Of("c-greedy", 1, ("greedy", [999_000])));

        Assert.Equal("held", await State("c-greedy"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Subject == "c-greedy" && a.Cause == "pool: by the published definition 10007, settled 999007");
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'c-greedy'"));
    }

    [Fact]
    public async Task A_forged_further_revision_is_held_unless_scoring_finalised_it_and_it_stays_within_the_first_pool()
    {
        await world.GivenAccount("again");
        await world.GivenSettled(ContestBuilder.Of("c-again", 1, ("again", [10_000])));

        await Result(ContestBuilder.Further("c-again", 2, ("again", [5_000])));
        await RestAndLook();
        Assert.Equal(
            "held", await world.Scalar<string>("select state from payout.contest where contest_id = 'c-again' and revision = 2"));

        await world.Finalize("c-again", 3);
        await Result(ContestBuilder.Further("c-again", 3, ("again", [10_008])));
        Assert.Equal(
            "held", await world.Scalar<string>("select state from payout.contest where contest_id = 'c-again' and revision = 3"));
        Assert.Equal(1, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'c-again'"));
    }

    private async Task Result(ContestBuilder contest)
    {
        foreach (var chunk in contest.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), contest.Settled);
        await world.PostAwards();
    }

    private async Task RestAndLook()
    {
        world.Clock.Forward(UnfoundedResultsJob.Patience + TimeSpan.FromSeconds(1));
        await Look();
        await world.PostAwards();
    }

    private async Task Look()
    {
        var job = new UnfoundedResultsJob();
        while (await world.Database.Run(job.Run, CancellationToken.None))
        {
        }
    }

    private Task<string?> State(string contestId) =>
        world.Scalar<string>($"select state from payout.contest where contest_id = '{contestId}'");
}
