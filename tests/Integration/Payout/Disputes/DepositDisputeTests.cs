using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Deposits;
using ContestPipeline.Integration.Payout.Reconcile;
using ContestPipeline.Integration.Payout.Wallet;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>
/// Disputed deposits: the wallet is frozen while the bank decides, and what is lost is taken from it as far as it is there.
/// </summary>
public sealed class DepositDisputeTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly DepositRig deposits = new(world);
    private readonly WalletRig wallets = new(world);
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_deposit_is_disputed_nothing_leaves_the_wallet_and_once_it_is_won_it_may_again()
    {
        var deposit = await deposits.Credited("dd1-p1", "a", 3_000);
        await Win("dd1-p1", 500);
        var dispute = await world.Dispute(deposit.IntentId!);
        await Read(dispute);

        await wallets.Publish("dd1");
        await wallets.Tell(wallets.Required("dd1", 1));
        var answer = Assert.Single(await world.Sent<EntryPaymentChangedV1>(), c => c.ContestId == "dd1");
        Assert.Equal((EntryPaymentStates.Cancelled, WalletFrozen.Why), (answer.State, answer.Reason));
        Assert.Equal(WalletFrozen.Why, Assert.IsType<WithdrawalDecision.Refuse>(await Withdraw("dd1-p1", "w1", 500)).Why);

        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await Read(dispute);

        Assert.Equal(3_500, await wallets.Balance("wallet:dd1-p1"));
        Assert.IsType<WithdrawalDecision.Take>(await Withdraw("dd1-p1", "w2", 500));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"dispute-unknown/{dispute}");
        await wallets.LedgerIsClean();
    }

    [Fact]
    public async Task A_dispute_waits_for_whoever_takes_something_out_of_the_wallet_so_that_the_next_one_sees_it()
    {
        var deposit = await deposits.Credited("dd0-p1", "a", 3_000);
        var dispute = await world.Dispute(deposit.IntentId!);
        var isTaken = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        var taking = world.Database.Run(
            async tx =>
            {
                await tx.LockWallets([new WalletKey("dd0-p1", "usd")]);
                isTaken.SetResult();
                await mayGoOn.Task;
            }, ct);
        await isTaken.Task;

        var reading = Read(dispute);
        await PipelineScope.Eventually(
            async () => await world.Scalar<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
            "the dispute waits for the wallet");
        mayGoOn.SetResult();
        await Task.WhenAll(taking, reading);

        Assert.Equal(["dd0-p1"], await world.Database.Run(tx => tx.FrozenWallets(["dd0-p1"]), ct));
    }

    [Fact]
    public async Task A_lost_deposit_takes_its_lot_then_the_newest_then_unpaid_withdrawals_and_the_rest_is_a_told_loss()
    {
        var disputed = await deposits.Credited("dd2-p1", "a", 2_000);
        await wallets.Publish("dd2");
        await wallets.Tell(wallets.Required("dd2", 1));
        world.Clock.Forward(TimeSpan.FromHours(1));
        await deposits.Credited("dd2-p1", "b", 300);
        world.Clock.Forward(TimeSpan.FromHours(1));
        await Win("dd2-p1", 400);
        Assert.IsType<WithdrawalDecision.Take>(await Withdraw("dd2-p1", "w", 250));
        Assert.Equal([1_000L, 300L, 150L], (await wallets.Lots("dd2-p1")).Select(l => l.LeftMinor));
        var dispute = await world.Dispute(disputed.IntentId!);
        await Read(dispute);
        await world.RunToRest(world.Runner());
        Assert.Equal("held", await world.State("withdrawal/dd2-p1/w"));

        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Read(dispute);
        await Read(dispute);
        await world.TakeEvents();
        Assert.DoesNotContain((await world.Reconcile()).Differences, d => d.Subject == dispute || d.Subject == disputed.ChargeId);
        world.Clock.Forward(TimeSpan.FromDays(400));
        await Read(dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal([0L, 0L, 0L], (await wallets.Lots("dd2-p1")).Select(l => l.LeftMinor));
        Assert.Equal((0L, 0L, WalletRig.StakeMinor), (await wallets.Balance("wallet:dd2-p1"),
            await wallets.Balance("player_payable:dd2-p1"), await wallets.Balance("stakes:dd2")));
        Assert.Equal(("rejected", 0),
            (await world.State("withdrawal/dd2-p1/w"), await world.TransferCount("withdrawal/dd2-p1/w")));
        Assert.Equal(1_700, await world.Scalar<long>(
            "select sum(amount_minor)::bigint from payout.ledger_transfer where code = 'deposit-forfeited'"));
        Assert.Contains("300 usd minor units", Assert.Single(await world.Sent<AlertRaisedV1>(),
            a => a.DedupKey == $"deposit-loss/{dispute}").Cause, StringComparison.Ordinal);
        await wallets.LedgerIsClean();
    }

    private Task<WithdrawalDecision> Withdraw(string player, string request, long amountMinor) => world.Database.Run(
        tx => tx.Withdraw(player, new WithdrawalRequest(request, amountMinor, "usd")), ct);

    private async Task Read(string dispute)
    {
        await world.Hint("charge.dispute.updated", dispute);
        await world.DisputeReader().ReadStale(ct);
        await world.DisputeReader().ReadStale(ct);
    }

    /// <summary>A lot of winnings, as a prize that is credited makes it.</summary>
    private Task Win(string player, long amountMinor) => world.Database.Run(async tx =>
    {
        var wallet = new WalletKey(player, "usd");
        var words = $"won/{player}";
        await tx.LockWallets([wallet]);
        await tx.InsertLots([new NewLot(words, wallet, LotSources.Winnings, words, amountMinor)]);
        await tx.Post([new LedgerLine(
            words, LedgerAccounts.HouseOverlay, LedgerAccounts.Wallet(player), "usd", amountMinor, "won", words, "", 0)]);
    }, ct);
}
