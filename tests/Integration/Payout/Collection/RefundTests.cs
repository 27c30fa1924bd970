using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>Refunds by operators: before lock the entry leaves, later it still ranks and its unpaid prize shrinks with the
/// fee.</summary>
public sealed class RefundTests(PayoutWorld world, PipelineScope scope) : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_refunded_before_lock_leaves_the_contest_and_no_one_bears_the_cost()
    {
        var rig = await Entered("ref-early", 2);

        await Refund("ref-early", "r1", null);
        await Refund("ref-early", "r1", null);
        await rig.Run();

        Assert.Equal(1, await rig.Accepted("ref-early"));
        Assert.Equal("refunded", await rig.State("ref-early", 0));
        Assert.Equal((CollectionRig.FeeMinor, 0L), (await Net("ref-early", "entry_fees"), await Net("ref-early", "refunds")));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_partial_refund_leaves_the_entry_and_more_than_was_paid_is_refused()
    {
        var rig = await Entered("ref-part", 1);

        await Refund("ref-part", "r1", 1_000);
        var tooMuch = await world.Database.Run(
            tx => tx.Refund("ref-part", "e0", new RefundRequest("r2", "test", 1_501), "op"), ct);
        await rig.Run();

        Assert.Contains(
            "at most 1500", Assert.IsType<RefundDecision.Refuse>(tooMuch!.Value.Decision).Why, StringComparison.Ordinal);
        Assert.Equal(1, await rig.Accepted("ref-part"));
        Assert.Equal("partly_refunded", await rig.State("ref-part", 0));
        Assert.Equal(-1_000, await Net("ref-part", "refunds"));
        Assert.Equal(2,
            await world.Scalar<long>(
                "select count(*) from payout.audit_log where contest_id = 'ref-part' and action = 'entry-refund'"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task What_went_back_before_Payout_heard_that_the_entry_takes_part_is_at_the_houses_cost_and_shrinks_its_prize()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("ref-unheard");
        await rig.Enter("ref-unheard", 1);
        Assert.True(await rig.Pay("ref-unheard", 0));
        await rig.Run(isHeard: false);
        await Refund("ref-unheard", "r1", 1_000);
        await rig.Run(isHeard: false);
        Assert.Equal(
            (CollectionRig.FeeMinor - 1_000, 0L), (await Net("ref-unheard", "entry_fees"), await Net("ref-unheard", "refunds")));

        await rig.Run();
        await rig.LockContest("ref-unheard");
        await rig.Settle("ref-unheard", winners: 1);
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }
        await world.GivenReady("ref-unheard-p0");
        await world.RunToRest(world.Runner());

        Assert.Equal(1, await rig.Accepted("ref-unheard"));
        Assert.Equal(5_820, await world.PaidMinor("ref-unheard"));
        Assert.Equal(9_700 - 5_820 - 1_000, await Net("ref-unheard", "refunds"));
        await rig.EveryCentIsAccountedFor();
    }

    [Theory]
    [InlineData("before", 2_500, 0)]
    [InlineData("after", 2_500, 0)]
    [InlineData("before", 1_000, 5_820)]
    [InlineData("after", 1_000, 5_820)]
    public async Task The_unpaid_prize_of_a_refunded_entry_shrinks_with_the_fee_whichever_comes_first(
        string refunded, long amountMinor, long paidMinor)
    {
        var contestId = $"ref-{refunded}-{amountMinor}";
        var rig = await Entered(contestId, 2);
        await rig.LockContest(contestId);
        if (refunded == "before") await RefundAfterLock();
        await rig.Settle(contestId);
        if (refunded == "after") await RefundAfterLock();
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }

        await world.GivenReady($"{contestId}-p0", $"{contestId}-p1");
        await world.RunToRest(world.Runner());

        Assert.Equal(2, await rig.Accepted(contestId));
        Assert.Equal(paidMinor + 9_700, await world.PaidMinor(contestId));
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select balance_minor from payout.ledger_account where account = 'player_payable:{contestId}-p0'"));
        Assert.Equal((9_700 - paidMinor) - amountMinor, await Net(contestId, "refunds"));
        Assert.Equal(paidMinor > 0 ? "rejected,paid" : "rejected", await world.Scalar<string>(
            $"select string_agg(state, ',' order by reduction_no) from payout.payout where contest_id = '{contestId}' and "
                + $"player_id = '{contestId}-p0'"));
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == contestId);
        await rig.EveryCentIsAccountedFor();

        async Task RefundAfterLock()
        {
            await Refund(contestId, "r1", amountMinor);
            await rig.Run();
        }
    }

    [Fact]
    public async Task A_prize_that_was_paid_is_left_alone_and_a_person_is_told()
    {
        var rig = await Entered("ref-paid", 1);
        await rig.LockContest("ref-paid");
        await rig.Settle("ref-paid", winners: 1);
        await world.GivenReady("ref-paid-p0");
        await world.RunToRest(world.Runner());
        Assert.Equal(9_700, await world.PaidMinor("ref-paid"));

        await Refund("ref-paid", "r1", null);
        await rig.Run();
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }

        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "refunded-prize" && a.Cause.Contains("was paid before", StringComparison.Ordinal));
        Assert.Equal(9_700, await world.PaidMinor("ref-paid"));
        Assert.Equal(-CollectionRig.FeeMinor, await Net("ref-paid", "refunds"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_prize_that_was_paid_and_taken_back_in_part_is_left_alone_and_a_person_is_told()
    {
        var rig = await Entered("ref-back", 1);
        await rig.LockContest("ref-back");
        await rig.Settle("ref-back", winners: 1);
        await world.GivenReady("ref-back-p0");
        await world.RunToRest(world.Runner());
        var transfer = (await world.Scalar<string>("select transfer_id from payout.payout where contest_id = 'ref-back'"))!;
        await new global::Stripe.TransferReversalService(world.Stripe())
            .CreateAsync(transfer, new global::Stripe.TransferReversalCreateOptions { Amount = 700 }, cancellationToken: ct);
        foreach (var stripeEvent in await world.StripeEvents("transfer.reversed")) await world.Take(stripeEvent);
        await world.TransferReader().ReadStale(ct);

        await Refund("ref-back", "r1", null);
        await rig.Run();
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }

        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "refunded-prize" && a.DedupKey.Contains("/ref-back/", StringComparison.Ordinal));
        Assert.Equal("reversed",
            await world.Scalar<string>("select string_agg(state, ',') from payout.payout where contest_id = 'ref-back'"));
        await rig.EveryCentIsAccountedFor();
    }

    [Theory]
    [InlineData(2_500, "rejected", 0)]
    [InlineData(1_000, "rejected,paid", 5_820)]
    public async Task A_failed_payout_of_a_refunded_entry_cannot_be_sent_again_in_full(
        long amountMinor, string states, long paidMinor)
    {
        var contestId = $"ref-failed-{amountMinor}";
        var rig = await Won(contestId, new RefusingWire(HttpStatusCode.BadRequest, "invalid_request_error", "amount_too_small"));
        Assert.Equal("failed", await world.State(contestId));

        await Refund(contestId, "r1", amountMinor);
        await rig.Run();
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }
        await world.RunToRest(world.Runner());

        Assert.Equal(states,
            await world.Scalar<string>(
                $"select string_agg(state, ',' order by reduction_no) from payout.payout where contest_id = '{contestId}'"));
        Assert.Equal(paidMinor, await world.PaidMinor(contestId));
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == contestId);
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_payout_of_which_nobody_knows_whether_its_money_moved_is_not_replaced_by_another()
    {
        var rig = await Won("ref-doubt", new RefusingWire(HttpStatusCode.BadRequest, "idempotency_error", null));
        Assert.Equal("held", await world.State("ref-doubt"));

        await Refund("ref-doubt", "r1", 1_000);
        await rig.Run();
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }
        await world.RunToRest(world.Runner());

        Assert.Equal("9700 held",
            await world.Scalar<string>(
                "select string_agg(amount_minor || ' ' || state, ',') from payout.payout where contest_id = 'ref-doubt'"));
        Assert.Single(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "refunded-prize" && a.DedupKey.Contains("/ref-doubt/", StringComparison.Ordinal));
        Assert.Equal(0, await world.PaidMinor("ref-doubt"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task Nobody_can_slip_in_a_derived_payout_that_stands_for_nothing()
    {
        await world.GivenReady("ref-forged-a");
        await world.GivenSettled(ContestBuilder.Of("ref-forged", "ref-forged-a"));

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => world.Database.Run(
            async tx =>
            {
                var payoutId = (await tx.LatestPayout("ref-forged", 1, "ref-forged-a"))!;
                var payout = (await tx.LockPayout(payoutId))!.Payout;
                await tx.InsertDerived(
                    payout with { PayoutId = DeterministicId.From("forged").ToString("D"), AmountMinor = 1 }, payoutId);
            }, ct));

        Assert.Contains("does not stand for", refused.MessageText, StringComparison.Ordinal);
    }

    /// <summary>One entry that has won, and whose payout has come to rest one way or the other.</summary>
    private async Task<CollectionRig> Won(string contestId, DelegatingHandler wire)
    {
        var rig = await Entered(contestId, 1);
        await rig.LockContest(contestId);
        await rig.Settle(contestId, winners: 1);
        await world.GivenReady($"{contestId}-p0");
        await world.RunToRest(world.Runner(wire));
        return rig;
    }

    private async Task<CollectionRig> Entered(string contestId, int count)
    {
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid(contestId, count);
        return rig;
    }

    private Task Refund(string contestId, string requestId, long? amountMinor) => world.Database.Run(
        async tx => Assert.NotNull(
            (await tx.Refund(contestId, "e0", new RefundRequest(requestId, "a mistake", amountMinor), "op"))!.Value.Refund), ct);

    private Task<long> Net(string contestId, string account) => world.Scalar<long>(
        $"""
        select coalesce(sum(case when credit_account = '{account}' then amount_minor else -amount_minor end), 0)::bigint
        from payout.ledger_transfer
        where '{account}' in (debit_account, credit_account) and contest_id = '{contestId}' and code <> 'entry-fees' and code not in ('rake', 'surplus')
        """);
}
