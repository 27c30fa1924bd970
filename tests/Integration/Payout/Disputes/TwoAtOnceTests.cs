using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>
/// Two processes at the same payout: one takes something of it, or puts another in its place, while the other has just looked at
/// it.
/// </summary>
public sealed class TwoAtOnceTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_dispute_takes_its_prize_also_out_of_the_payout_that_a_correction_has_just_put_in_place_of_the_one_it_saw()
    {
        var dispute = await Given("two-forfeit", 6_000, 4_000);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Reduce("c-two-forfeit", "two-forfeit", 1, 4_000);
        var prize = Assert.Single(
            await world.Database.Run(
                tx => tx.DisputedPrizes(dispute, "c-two-forfeit", "c-two-forfeit-two-forfeit-0", "two-forfeit"), ct));

        var step = await WhileReducing("c-two-forfeit", () => world.Database.Run(tx => Forfeits.Forfeit(prize, tx), ct));
        Assert.IsType<ClawbackStep.Wait>(step);
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal("9700 rejected, 5820 rejected", await Payouts("c-two-forfeit"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_dispute_that_is_won_lets_also_the_payout_go_that_has_just_taken_the_place_of_the_one_it_froze()
    {
        var dispute = await Given("two-release", 6_000, 4_000);
        await world.GivenReady("two-release");
        await Reduce("c-two-release", "two-release", 1, 4_000);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await world.Scalar<object>($"update payout.dispute set phase = 'won' where dispute_id = '{dispute}'");
        var won = await world.Database.Run(tx => tx.LockDispute(dispute), ct);

        await WhileReducing("c-two-release", () => new DisputeEffects(world.Database, world.Gateway().Stripe).Apply(won, ct));
        await world.RunToRest(world.Runner());

        Assert.Equal("9700 rejected, 5820 paid", await Payouts("c-two-release"));
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select count(*) from payout.payout_hold where reference = '{dispute}' and released_at is null"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task What_was_decided_while_somebody_still_believed_the_dispute_to_be_open_is_not_frozen_afterwards()
    {
        await world.GivenReady("two-stale");
        var dispute = await world.GivenDispute("two-stale", "c-two-stale");
        await Hear("created", dispute);
        var open = await world.Database.Run(tx => tx.LockDispute(dispute), ct);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await Hear("closed", dispute);
        await world.GivenSettled(ContestBuilder.Of("c-two-stale", 10, ("two-stale", [10_000])));

        await new DisputeEffects(world.Database, world.Gateway().Stripe).Apply(open with { Applied = DisputePhase.Unread }, ct);
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-two-stale");
    }

    [Fact]
    public async Task A_correction_waits_until_it_is_known_what_a_lost_dispute_has_taken_back()
    {
        await world.GivenReady("two-back");
        var dispute = await world.GivenDispute("two-back", "c-two-back");
        await world.GivenSettled(ContestBuilder.Of("c-two-back", 10, ("two-back", [10_000])));
        await world.RunToRest(world.Runner());
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await world.Hint("charge.dispute.closed", dispute);
        await world.DisputeReader().ReadStale(ct);
        Assert.Equal(
            "asked", await world.Scalar<string>($"select state from payout.payout_reversal where dispute_id = '{dispute}'"));
        await Reduce("c-two-back", "two-back", 0, 4_000);

        var calls = world.Calls(null, new ReversalCall<ReversalToMake>(), new ReversalCall<CorrectionToTakeBack>());
        for (var round = 0; round < 6; round++)
        {
            await Effects().ReadStale(ct);
            Assert.True(round > 0
                || await world.Scalar<bool>("select outcome = 'open' from payout.reduction_part where contest_id = 'c-two-back'"),
                "the correction did not wait");
            await calls.RunOnce(ct);
            world.Clock.Forward(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("9700 reversed", await Payouts("c-two-back"));
        Assert.Equal(9_700,
            await world.Scalar<long>(
                "select sum(r.amount_minor)::bigint from payout.transfer_reversal r join payout.payout p using (payout_id) "
                    + "where p.contest_id = 'c-two-back'"));
        Assert.Equal(0,
            await world.Scalar<long>(
                "select count(*) from payout.ledger_transfer where contest_id = 'c-two-back' and code = 'correction-loss'"));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.Kind is "reversal-short" or "correction-short");
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_dispute_that_opens_while_its_contest_is_being_posted_freezes_the_payout_when_it_begins_and_the_contest_counts_it()
    {
        await world.GivenReady("two-posted-a", "two-posted-b");
        var dispute = await world.GivenDispute("two-posted-a", "c-two-posted");
        var built = ContestBuilder.Of("c-two-posted", 1, ("two-posted-a", [10_000]), ("two-posted-b", [10_000]));
        await world.GivenFinal(built.Settled);
        foreach (var chunk in built.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), built.Settled);
        var job = new PostAwardsJob(awardsPerTransaction: 1);
        Assert.True(await world.Database.Run(job.Run, ct));
        Assert.Equal(1, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'c-two-posted'"));

        await Hear("created", dispute);
        while (await world.Database.Run(job.Run, ct)) { }
        await world.RunToRest(world.Runner());
        Assert.Equal("9700 held, 9700 paid",
            await world.Scalar<string>(
                "select string_agg(amount_minor || ' ' || state, ', ' order by player_id) from payout.payout where contest_id "
                    + "= 'c-two-posted'"));
        Assert.DoesNotContain(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-two-posted");

        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());
        Assert.Equal(2, Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-two-posted").PaidCount);
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_dispute_that_a_process_with_a_faster_clock_has_read_is_read_by_a_slower_one_as_well()
    {
        var ahead = TimeSpan.FromSeconds(90);
        var dispute = await world.GivenDispute("two-clocks", "c-two-clocks");
        world.Clock.Forward(ahead);
        await Hear("created", dispute);
        world.Clock.Forward(-ahead);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });

        await Hear("closed", dispute);

        Assert.Equal("won false", await Standing(dispute));
    }

    [Fact]
    public async Task Who_asked_first_and_is_answered_last_does_not_take_a_decided_dispute_back()
    {
        var dispute = await world.GivenDispute("two-readers", "c-two-readers");
        await world.Hint("charge.dispute.created", dispute);
        var slow = new SlowWire(
            async () =>
            {
                await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
                await Hear("closed", dispute);
            });

        await world.DisputeReader(slow).ReadStale(ct);

        Assert.Equal("won false", await Standing(dispute));
    }

    /// <summary>A player who has disputed the first of two entries, both of which have won; nothing is paid yet.</summary>
    private async Task<string> Given(string player, params long[] grossMinor)
    {
        var contest = $"c-{player}";
        var dispute = await world.GivenDispute(player, contest);
        await world.GivenSettled(ContestBuilder.Of(contest, 10, (player, grossMinor)));
        await Hear("created", dispute);
        return dispute;
    }

    /// <summary>
    /// While a transaction has reduced a prize of the contest and has not committed; it commits when the other waits for it.
    /// </summary>
    private async Task<T> WhileReducing<T>(string contestId, Func<Task<T>> other)
    {
        var found = default(T);
        await Race.Between(
            world.Database,
            async tx =>
            {
                foreach (var part in (await tx.DueParts(100)).Where(p => p.ContestId == contestId))
                    await Reducing.Reduce(part, tx);
            },
            async () => found = await other(), ct);
        return found!;
    }

    private ReductionEffects Effects() => new(world.Database, world.Gateway().Stripe);

    private async Task Reduce(string contestId, string player, int entry, long grossMinor)
    {
        var feeMinor = (grossMinor * 300 + 5_000) / 10_000;
        await world.Finalize(contestId, 2);
        await world.Handle(new ContestReductionsHandler(), new ContestReductionsV1(contestId, 2, 0, "usd",
        [
            new PlayerAwardsV1(player, grossMinor, feeMinor, grossMinor - feeMinor,
                [new PrizeV1($"{contestId}-{player}-{entry}", 2, 90, grossMinor, feeMinor, grossMinor - feeMinor)]),
        ]));
    }

    private async Task Hear(string what, string dispute)
    {
        await world.Hint($"charge.dispute.{what}", dispute);
        for (var round = 0; round < 6; round++) await world.DisputeReader().ReadStale(ct);
    }

    private Task<string?> Standing(string dispute) =>
        world.Scalar<string>($"select phase || ' ' || stale from payout.dispute where dispute_id = '{dispute}'");

    private Task<string?> Payouts(string contestId) => world.Scalar<string>(
        $"select string_agg(amount_minor || ' ' || state, ', ' order by revision, reduction_no) from payout.payout where "
            + $"contest_id = '{contestId}'");
}
