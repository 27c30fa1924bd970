using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout;

/// <summary>From award chunks and totals to payouts: once, whatever is delivered, and only when everything agrees.</summary>
public sealed class AwardsTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task Twenty_concurrent_deliveries_of_everything_make_each_payout_once()
    {
        var contest = ContestBuilder.Of("c-dup", 2, ("d1", [100, 200]), ("d2", [300]), ("d3", [400]));
        await world.GivenFinal(contest.Settled);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            foreach (var chunk in contest.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
            await world.Handle(new ContestSettledHandler(OverlayLimit.Default), contest.Settled);
            await world.PostAwards();
        })));
        await world.PostAwards();

        Assert.Equal(
            3, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'c-dup' and due_at is not null"));
        Assert.Equal(1000,
            await world.Scalar<long>(
                "select sum(amount_minor)::bigint from payout.ledger_transfer where contest_id = 'c-dup' and code = 'award'"));
        Assert.Equal(3, (await world.Sent<PayoutChangedV1>()).Count(c => c.ContestId == "c-dup"));
        Assert.Empty((await world.VerifyLedger()).Faults);
    }

    [Fact]
    public async Task The_same_chunk_with_another_body_is_a_loud_error()
    {
        var contest = ContestBuilder.Of("c-other", "o1");
        await world.GivenSettled(contest);
        var forged = ContestBuilder.Of("c-other", 1, ("o1", [99_999])).Chunks[0];

        await Assert.ThrowsAsync<InvariantException>(() => world.Handle(new ContestAwardsHandler(OverlayLimit.Default), forged));

        Assert.Equal(
            10_000, await world.Scalar<long>("select sum(gross_minor)::bigint from payout.award where contest_id = 'c-other'"));
    }

    [Fact]
    public async Task Totals_that_differ_from_the_chunks_hold_the_contest_and_pay_nobody()
    {
        var contest = ContestBuilder.Of("c-differ", "x1", "x2");
        foreach (var chunk in contest.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), contest.Settled with { Winners = 3 });
        await world.PostAwards();

        Assert.Equal("held", await world.Scalar<string>("select state from payout.contest where contest_id = 'c-differ'"));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'c-differ'"));
        Assert.Contains(
            await world.Sent<AlertRaisedV1>(), a => a.Kind == "awards-differ" && a.Cause == "winners: received 2, settled 3");
    }

    [Fact]
    public async Task A_contest_whose_posting_fails_does_not_keep_the_others_waiting()
    {
        var bad = ContestBuilder.Of("a-bad", "b1");
        await world.Database.Run(
            tx =>
                tx.Post([new LedgerLine("award/a-bad/1/a-bad-b1-0", LedgerAccounts.HouseOverlay,
                    LedgerAccounts.PlayerPayable("b1"), "usd", 1, "test", "forged", "a-bad", 1)]),
            CancellationToken.None);
        await world.GivenFinal(bad.Settled);
        foreach (var chunk in bad.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), bad.Settled);
        var good = ContestBuilder.Of("b-good", "b2");
        await world.GivenFinal(good.Settled);
        foreach (var chunk in good.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), good.Settled);

        var job = new PostAwardsJob();
        await Assert.ThrowsAsync<InvariantException>(() => world.Database.Run(job.Run, CancellationToken.None));
        Assert.True(await world.Database.Run(job.Run, CancellationToken.None));
        Assert.False(await world.Database.Run(job.Run, CancellationToken.None));
        Assert.Equal("paying", await world.Scalar<string>("select state from payout.contest where contest_id = 'b-good'"));

        world.Clock.Forward(FailedKeys.PassedOverFor);
        await Assert.ThrowsAsync<InvariantException>(() => world.Database.Run(job.Run, CancellationToken.None));
        Assert.Equal("posting", await world.Scalar<string>("select state from payout.contest where contest_id = 'a-bad'"));
        await world.PutAside("a-bad");
    }

    [Fact]
    public async Task A_payout_is_claimed_only_once_its_contest_is_complete()
    {
        await world.GivenSettled(ContestBuilder.Of("c-complete", "q1"));
        await world.Database.Run(
            tx => tx.Execute(
                """
                insert into payout.contest (contest_id, revision, currency, state) values ('c-begun', 1, 'usd', 'receiving');
                insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no,
                    due_at, created_at)
                values ('p-begun', 'c-begun', 1, 'q2', 5, 'usd', 'pending', 1, @now, @now)
                """,
                new { now = tx.Now }),
            CancellationToken.None);

        var claims = await world.Database.Run(tx => tx.ClaimDue(1_000, tx.Now.AddMinutes(1)), CancellationToken.None);

        Assert.Contains(claims, c => c.ContestId == "c-complete");
        Assert.DoesNotContain(claims, c => c.ContestId == "c-begun");
    }

    [Fact]
    public async Task A_contest_without_a_winner_is_paid_at_once()
    {
        await world.GivenSettled(ContestBuilder.Of("c-empty", 1));

        var paid = Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-empty");
        Assert.Equal((0, 0L, 0), (paid.PaidCount, paid.PaidMinor, paid.OtherCount));
        Assert.Equal("paid", await world.Scalar<string>("select state from payout.contest where contest_id = 'c-empty'"));
    }

    [Fact]
    public async Task Amount_and_recipient_of_a_payout_are_fixed_even_for_the_owner()
    {
        await world.GivenSettled(ContestBuilder.Of("c-fixed", "f1"));

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            world.Scalar<int>("update payout.payout set amount_minor = 1 where contest_id = 'c-fixed' returning 1"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            world.Scalar<int>("update payout.payout set player_id = 'me' where contest_id = 'c-fixed' returning 1"));
    }
}
