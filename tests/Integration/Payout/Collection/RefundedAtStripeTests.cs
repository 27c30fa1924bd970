using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>
/// Fees that somebody gives back at Stripe itself, past this system: what follows is the same as if it had been asked for here.
/// </summary>
public sealed class RefundedAtStripeTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_refunded_before_lock_leaves_the_contest_however_often_it_is_read()
    {
        var rig = await Entered("hand-early", 2);

        await rig.RefundAtStripe("hand-early", 0, amountMinor: null);
        await rig.Run();
        await rig.Hint(await rig.Intent("hand-early", 0));
        await rig.Run();

        Assert.Equal(1, await rig.Accepted("hand-early"));
        Assert.Equal("refunded", await rig.State("hand-early", 0));
        Assert.Equal(1,
            await world.Scalar<long>(
                "select count(*) from payout.audit_log where contest_id = 'hand-early' and action = 'entry-refunded' and actor "
                    + "= 'stripe'"));
        Assert.Single(
            await world.Sent<NotificationV1>(), n => n.ContestId == "hand-early" && n.Kind == NotificationKinds.EntryRefunded);
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
        var contestId = $"hand-{refunded}-{amountMinor}";
        var rig = await Entered(contestId, 2);
        await rig.LockContest(contestId);
        if (refunded == "before") await rig.RefundAtStripe(contestId, 0, amountMinor);
        await rig.Run();
        await rig.Settle(contestId);
        if (refunded == "after") await rig.RefundAtStripe(contestId, 0, amountMinor);
        await rig.Run();
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }

        await world.GivenReady($"{contestId}-p0", $"{contestId}-p1");
        await world.RunToRest(world.Runner());

        Assert.Equal(paidMinor + 9_700, await world.PaidMinor(contestId));
        await rig.EveryCentIsAccountedFor();
    }

    [Theory]
    [InlineData("before it was asked for", 400)]
    [InlineData("before it was asked for", 2_500)]
    [InlineData("while it is asked for", 400)]
    [InlineData("while it is asked for", 2_500)]
    public async Task What_a_cancelled_contest_still_owes_goes_back_and_no_more(string refunded, long amountMinor)
    {
        var contestId = $"hand-off-{refunded.Split(' ')[0]}-{amountMinor}";
        var rig = await Entered(contestId, 2);
        if (refunded == "before it was asked for") await rig.RefundAtStripe(contestId, 0, amountMinor);
        if (refunded == "before it was asked for") await rig.Run(isHeard: false);
        await world.Database.Run(tx => tx.CancelCollection(contestId, "the contest was cancelled"), ct);
        while (await world.Database.Run(new RefundContestsJob().Run, ct)) { }
        if (refunded == "while it is asked for") await rig.RefundAtStripe(contestId, 0, amountMinor);

        await rig.RunToRest();

        Assert.Equal(2, await rig.Count(contestId, "refunded"));
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select count(*) from payout.entry_payment where contest_id = '{contestId}' and refund_stuck"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task One_that_the_bank_does_not_take_days_later_is_taken_back_in_the_books()
    {
        var rig = await Entered("hand-bank", 1);
        var refundId = await rig.RefundAtStripe("hand-bank", 0, 600);
        await rig.Run();
        Assert.Equal("partly_refunded", await rig.State("hand-bank", 0));

        await world.Admin($"refunds/{refundId}/settle", new { outcome = "failed" });
        await rig.Hint(await rig.Intent("hand-bank", 0));
        await rig.Run();

        Assert.Equal("paid", await rig.State("hand-bank", 0));
        Assert.Single(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "entry-refund-failed" && a.DedupKey.Contains("/hand-bank/", StringComparison.Ordinal));
        await rig.EveryCentIsAccountedFor();
    }

    private async Task<CollectionRig> Entered(string contestId, int count)
    {
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid(contestId, count);
        return rig;
    }
}
