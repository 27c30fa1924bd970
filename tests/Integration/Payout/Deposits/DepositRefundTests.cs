using ContestPipeline.Contracts;
using ContestPipeline.Integration.Payout.Reconcile;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Wallet;
using Stripe;

namespace ContestPipeline.Integration.Payout.Deposits;

/// <summary>Deposits back to the cards they came from: each part once, to its own charge, or back into its lot.</summary>
public sealed class DepositRefundTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly DepositRig rig = new(world);
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refund_goes_to_the_newest_charges_once_whatever_is_repeated_and_a_year_later()
    {
        var old = await rig.Credited("back", "a", 1_000);
        world.Clock.Forward(TimeSpan.FromDays(1));
        var young = await rig.Credited("back", "b", 2_000);

        Assert.Equal([new LotPart(young.DepositId, 2_000), new LotPart(old.DepositId, 500)],
            Assert.IsType<WalletRefundDecision.Give>(await Ask("back", "r/1", 2_500)).Parts);
        Assert.Equal((500L, 2_500L), (await rig.Balance("wallet:back"), await rig.Balance("wallet_refunds:back")));
        await rig.Run();
        Assert.IsType<WalletRefundDecision.Known>(await Ask("back", "r/1", 2_500));
        Assert.IsType<WalletRefundDecision.Refuse>(await Ask("back", "r/1", 2_501));
        Assert.StartsWith("at most 500 can go back to the card, not 501",
            Assert.IsType<WalletRefundDecision.Refuse>(await Ask("back", "r2", 501)).Why, StringComparison.Ordinal);
        foreach (var deposit in (Deposit[])[old, young]) await rig.Hint(deposit.IntentId!, 5);
        await rig.Run();
        await world.TakeEvents();
        // Other tests of this class may have turned the clock on before their events were taken.
        Assert.DoesNotContain((await world.Reconcile()).Differences, d => d.Kind != DifferenceKinds.Late);
        world.Clock.Forward(TimeSpan.FromDays(400));
        Assert.IsType<WalletRefundDecision.Known>(await Ask("back", "r/1", 2_500));
        await rig.Hint(young.IntentId!);
        await rig.Run();

        Assert.Equal((500L, 0L), (await rig.Balance("wallet:back"), await rig.Balance("wallet_refunds:back")));
        Assert.Equal([2_000L], await RefundsAtStripe(young));
        Assert.Equal([500L], await RefundsAtStripe(old));
        Assert.Equal(2, (await world.Sent<NotificationV1>()).Count(
            n => n.Kind == NotificationKinds.DepositRefunded && n.PlayerId == "back"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task What_is_older_than_ninety_days_goes_back_to_no_card()
    {
        await rig.Credited("aged", "a", 1_000);
        world.Clock.Forward(TimeSpan.FromDays(91));

        Assert.StartsWith("at most 0 can go back to the card",
            Assert.IsType<WalletRefundDecision.Refuse>(await Ask("aged", "r", 1)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_twenty_who_ask_at_once_a_deposit_goes_back_as_often_as_it_is_there()
    {
        var deposit = await rig.Credited("many", "a", 1_050);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Ask("many", $"r{n}", 100)));
        await rig.RunToRest();

        Assert.Equal(10, answers.Count(a => a is WalletRefundDecision.Give));
        Assert.Equal((50L, 0L), (await rig.Balance("wallet:many"), await rig.Balance("wallet_refunds:many")));
        Assert.Equal(1_000, (await RefundsAtStripe(deposit)).Sum());
        await rig.EveryCentIsAccountedFor();
    }

    [Theory]
    [InlineData("timeout-before")]
    [InlineData("timeout-after")]
    [InlineData("500-committed")]
    [InlineData("500-rolled-back")]
    [InlineData("transfer-funds")]
    public async Task Whatever_Stripe_does_once_there_is_one_refund(string fault)
    {
        var player = $"once-{fault}";
        var deposit = await rig.Credited(player, "a", 1_000);
        await world.Admin("faults", new { endpoint = "refunds.create", kind = fault, count = 1 });
        await Ask(player, "r", 600);
        await rig.RunToRest();

        Assert.Equal([600L], await RefundsAtStripe(deposit));
        Assert.Equal((400L, 0L), (await rig.Balance($"wallet:{player}"), await rig.Balance($"wallet_refunds:{player}")));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task What_Stripe_refuses_is_back_in_its_lot_with_its_time_and_the_player_is_told_to_withdraw()
    {
        await rig.Credited("refused", "a", 1_000);
        var before = await Lots("refused");
        await world.Admin("faults", new { endpoint = "refunds.create", kind = "refund-disputed", count = 1 });

        await Ask("refused", "r", 600);
        world.Clock.Forward(TimeSpan.FromHours(1));
        await rig.RunToRest();

        Assert.Equal(before, await Lots("refused"));
        Assert.Equal((1_000L, 0L), (await rig.Balance("wallet:refused"), await rig.Balance("wallet_refunds:refused")));
        Assert.Equal(600, Assert.Single(await world.Sent<NotificationV1>(),
            n => n.Kind == NotificationKinds.DepositRefundFailed && n.PlayerId == "refused").AmountMinor);
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_refund_that_fails_at_the_bank_later_is_back_in_its_lot_once()
    {
        var deposit = await rig.Credited("later", "a", 1_000);
        var before = await Lots("later");
        await Ask("later", "r", 600);
        await rig.Run();
        var refundId = await world.Scalar<string>(
            $"select refund_id from payout.deposit_refund where deposit_id = '{deposit.DepositId}'");
        world.Clock.Forward(TimeSpan.FromDays(3));

        await world.Admin($"refunds/{refundId}/settle", new { outcome = "failed" });
        await rig.Hint(deposit.IntentId!, 3);
        await rig.Run();
        await rig.Hint(deposit.IntentId!);
        await rig.Run();

        Assert.Equal(before, await Lots("later"));
        Assert.Equal((1_000L, 0L), (await rig.Balance("wallet:later"), await rig.Balance("wallet_refunds:later")));
        Assert.Single(await world.Sent<NotificationV1>(),
            n => n.Kind == NotificationKinds.DepositRefundFailed && n.PlayerId == "later");
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task What_somebody_gives_back_at_Stripe_leaves_the_wallet_once_and_a_person_is_told()
    {
        var deposit = await rig.Credited("hand", "a", 1_000);
        Assert.IsType<WalletRefundDecision.Give>(await Ask("hand", "r", 400));
        await rig.Run();

        var made = await new RefundService(world.Stripe()).CreateAsync(
            new RefundCreateOptions { PaymentIntent = deposit.IntentId, Amount = 500 }, cancellationToken: ct);
        await rig.Hint(deposit.IntentId!, 3);
        await rig.Run();
        await rig.Hint(deposit.IntentId!);
        await rig.Run();

        Assert.Equal((100L, 0L), (await rig.Balance("wallet:hand"), await rig.Balance("wallet_refunds:hand")));
        Assert.Contains("500 usd minor units of a deposit of player hand",
            Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"refunded-at-stripe/{made.Id}").Cause,
            StringComparison.Ordinal);
        await rig.EveryCentIsAccountedFor();
    }

    private Task<WalletRefundDecision> Ask(string player, string request, long amountMinor) => world.Database.Run(
        tx => tx.RefundToCard(player, new WalletRefundRequest(request, amountMinor, "usd")), ct);

    private Task<IReadOnlyList<WalletLot>> Lots(string player) =>
        world.Database.Run(tx => tx.Lots([new WalletKey(player, "usd")]), ct);

    private async Task<IReadOnlyList<long>> RefundsAtStripe(Deposit deposit) =>
        [.. (await new RefundService(world.Stripe()).ListAsync(
            new RefundListOptions { PaymentIntent = deposit.IntentId, Limit = 100 }, cancellationToken: ct))
            .Where(r => r.Status is not ("failed" or "canceled")).Select(r => r.Amount)];
}
