using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.EntryFees;
using Stripe;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>
/// A fee of which an operator has given a part back, and whose payer asks the bank for the rest, and the other way about.
/// </summary>
public sealed class DisputedRefundTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private const long RefundedMinor = 1_000;
    private const long RestMinor = CollectionRig.FeeMinor - RefundedMinor;
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("unpaid-lost", false, "lost", 0, "9700 rejected, 5820 rejected")]
    [InlineData("unpaid-won", false, "won", 5_820, "9700 rejected, 5820 paid")]
    [InlineData("paid-lost", true, "lost", 0, "9700 reversed")]
    [InlineData("paid-won", true, "won", 9_700, "9700 paid")]
    public async Task Of_a_fee_that_is_partly_given_back_and_then_disputed_the_prize_goes_once(
        string name, bool paidFirst, string outcome, long keptMinor, string payouts)
    {
        var contest = $"du-{name}";
        var rig = await Entered(contest, paidFirst);
        await Refund(contest, RefundedMinor);
        await rig.Run();
        await VoidPrizes();
        var dispute = await world.Dispute(await rig.Intent(contest, 0), RestMinor);
        await Hear("created", dispute);
        await world.Admin($"disputes/{dispute}/close", new { outcome });
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal(payouts, await Payouts(contest));
        Assert.Equal(keptMinor, await Kept(contest));
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select coalesce(sum(balance_minor), 0)::bigint from payout.ledger_account where account = "
                    + $"'player_payable:{contest}-p0'"));
        await BooksAgree(rig);
    }

    [Theory]
    [InlineData("lost", 0, "9700 rejected")]
    [InlineData("won", 9_700, "9700 paid")]
    public async Task A_fee_that_is_disputed_is_not_given_back_as_well_and_a_person_is_told(
        string outcome, long keptMinor, string payouts)
    {
        var contest = $"du-first-{outcome}";
        var rig = await Entered(contest, paidFirst: false);
        var dispute = await world.Dispute(await rig.Intent(contest, 0));
        await Hear("created", dispute);
        await Refund(contest, null);
        await rig.Run();
        await VoidPrizes();
        await world.Admin($"disputes/{dispute}/close", new { outcome });
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        Assert.Single(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "entry-refund-failed" && a.DedupKey.Contains($"/{contest}/", StringComparison.Ordinal));
        Assert.Equal(payouts, await Payouts(contest));
        Assert.Equal(keptMinor, await Kept(contest));
        await BooksAgree(rig);
    }

    private async Task<CollectionRig> Entered(string contest, bool paidFirst)
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish(contest);
        await rig.Enter(contest, 1);
        Assert.True(await rig.Pay(contest, 0));
        await rig.Run();
        await rig.LockContest(contest);
        await rig.Settle(contest, winners: 1);
        await world.GivenReady($"{contest}-p0");
        if (paidFirst) await world.RunToRest(world.Runner());
        return rig;
    }

    private Task Refund(string contest, long? amountMinor) => world.Database.Run(
        async tx => Assert.NotNull(
            (await tx.Refund(contest, "e0", new RefundRequest("r1", "a mistake", amountMinor), "op"))!.Value.Refund), ct);

    private async Task VoidPrizes()
    {
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }
    }

    private async Task Hear(string what, string dispute)
    {
        await world.Hint($"charge.dispute.{what}", dispute);
        var calls = world.Calls(null, new ReversalCall<ReversalToMake>());
        for (var round = 0; round < 6; round++)
        {
            await world.DisputeReader().ReadStale(ct);
            await calls.RunOnce(ct);
        }
    }

    /// <summary>
    /// Fees, refunds, disputes, transfers and what was taken back of them: the ledger's Stripe balance is Stripe's, but for what
    /// the world was founded with.
    /// </summary>
    private async Task BooksAgree(CollectionRig rig)
    {
        await rig.EveryCentIsAccountedFor();
        Assert.Equal(await world.StripeNetMinor(m => m.Type != "topup"), await world.BookedNetMinor());
    }

    private Task<string?> Payouts(string contest) => world.Scalar<string>(
        $"select string_agg(amount_minor || ' ' || state, ', ' order by reduction_no) from payout.payout where contest_id = "
            + $"'{contest}'");

    /// <summary>What Stripe's transfers have left with the player of the contest.</summary>
    private async Task<long> Kept(string contest) =>
        (await new TransferService(world.Stripe()).ListAsync(new TransferListOptions { Limit = 100 }, cancellationToken: ct)).Data
        .Where(t => t.Metadata["contest_id"] == contest).Sum(t => t.Amount - t.AmountReversed);
}
