using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Wallet;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// Books that went back show payouts as held, or as waiting for an account, that were released and paid by what is lost: nobody
/// rejects them before Stripe was asked, and each is found paid whatever holds it now.
/// </summary>
public sealed class HeldAndGoneTests(Backbone backbone) : IAsyncLifetime
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task A_prize_that_was_released_and_paid_is_not_rejected_and_is_found_paid()
    {
        await world.GivenReady("gone");
        await world.GivenSettled(ContestBuilder.Of("c-gone", "gone"));
        await HoldIt("c-gone");
        var earlier = await world.BackUp();
        Assert.IsType<ReviewPayout.Release>(await Review("c-gone", ReviewWish.Release));
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-gone");
        await world.Restore(earlier);

        await Stop();
        await RejectionIsRefused("c-gone");
        await Recover("c-gone");
        await world.IsPaidOnce("c-gone");
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.payout_hold where released_at is null"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_withdrawal_that_was_paid_is_not_put_back_into_the_wallet_and_another_is_not_taken_up_meanwhile()
    {
        const string id = "withdrawal/out/first";
        var rig = new WalletRig(world);
        await world.GivenAccount("out");
        await Win("out", 900);
        Assert.IsType<WithdrawalDecision.Take>(await Ask("out", "first", 500));
        await HoldIt(id);
        var earlier = await world.BackUp();
        Assert.IsType<ReviewPayout.Release>(await Review(id, ReviewWish.Release));
        await world.RunToRest(world.Runner());
        await world.Restore(earlier);

        await Stop();
        await RejectionIsRefused(id);
        Assert.Contains("being recovered", Assert.IsType<WithdrawalDecision.Refuse>(await Ask("out", "second", 400)).Why,
            StringComparison.Ordinal);
        await Recover(id);

        Assert.Equal((PayoutStates.Paid, 1), (await world.State(id), await world.TransferCount(id)));
        Assert.Equal((400L, 0L), (await rig.Balance("wallet:out"), await rig.Balance("player_payable:out")));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task A_withdrawal_that_the_books_have_lost_is_made_again_from_what_was_told_of_it_once_its_lots_are_there()
    {
        const string id = "withdrawal/lost/first%2Fone";
        var rig = new WalletRig(world);
        await world.GivenAccount("lost");
        var earlier = await world.BackUp();
        await Win("lost", 900);
        Assert.IsType<WithdrawalDecision.Take>(await Ask("lost", "first/one", 500));
        await world.RunToRest(world.Runner());
        var told = (await world.Sent<PayoutChangedV1>()).Select(m => world.EnvelopeOf(m)).ToArray();
        await world.Restore(earlier);

        var lost = new WentBack("payout", "it went back", world.Clock.GetUtcNow()) { Written = [.. told, .. told] };
        await world.Database.Run(tx => ToldBefore.ReadBack(lost, tx), ct);
        await world.Database.Run(new RemakeWithdrawalsJob().Run, ct);
        Assert.Null(await world.State(id));
        await Win("lost", 900);
        for (var again = 0; again < 2; again++) await world.Database.Run(new RemakeWithdrawalsJob().Run, ct);
        Assert.Equal((PayoutStates.Pending, 400L), (await world.State(id), await rig.Balance("wallet:lost")));
        await Recover(id);

        Assert.Equal((PayoutStates.Paid, 1), (await world.State(id), await world.TransferCount(id)));
        Assert.Equal((400L, 0L), (await rig.Balance("wallet:lost"), await rig.Balance("player_payable:lost")));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task Lost_withdrawals_whose_lots_do_not_come_keep_no_others_from_their_turn()
    {
        await world.GivenAccount("late");
        await world.Database.Run(tx => tx.KeepLost([
            .. Enumerable.Range(0, 60).Select(n => Lost($"poor-{n}", n)), Lost("late", 60),
        ]), ct);
        await Win("late", 900);

        await world.Database.Run(new RemakeWithdrawalsJob().Run, ct);

        Assert.Equal(PayoutStates.Pending, await world.State("withdrawal/late/first"));
        Assert.Equal(60, await world.Scalar<long>("select count(*) from payout.lost_withdrawal where made_at is null"));

        LostWithdrawal Lost(string player, int minute) => new(
            $"withdrawal/{player}/first", player, "first", 500, "usd", world.Clock.GetUtcNow().AddMinutes(minute));
    }

    [Fact]
    public void What_came_back_into_the_wallet_and_prizes_are_no_lost_withdrawals()
    {
        PayoutChangedV1[] told =
        [
            Told("withdrawal/p/kept", 2, PayoutStates.Paid), Told("withdrawal/p/kept", 1, PayoutStates.Pending),
            Told("withdrawal/p/back", 1, PayoutStates.Pending), Told("withdrawal/p/back", 2, PayoutStates.Rejected),
            Told("withdrawal/p/failed", 3, PayoutStates.Failed), Told("c-1", 1, PayoutStates.Pending),
            Told("withdrawal/another/odd", 1, PayoutStates.Pending),
        ];

        Assert.Equal("kept", Assert.Single(LostWithdrawals.Of([.. told, .. told])).RequestId);
    }

    [Fact]
    public async Task What_Stripe_has_not_made_stays_held_and_is_rejected_once_it_was_looked_for()
    {
        await world.GivenReady("kept");
        await world.GivenSettled(ContestBuilder.Of("c-kept", "kept"));
        await HoldIt("c-kept");
        await Stop();
        await RejectionIsRefused("c-kept");

        await Recover("c-kept");
        Assert.Equal((PayoutStates.Held, 0), (await world.State("c-kept"), await world.TransferCount("c-kept")));
        Assert.Equal("absent", await world.Scalar<string>("select string_agg(outcome, ',') from payout.attempt"));
        Assert.IsType<ReviewPayout.Reject>(await Review("c-kept", ReviewWish.Reject));
        await world.RunToRest(world.Runner());
        Assert.Equal((PayoutStates.Rejected, 0), (await world.State("c-kept"), await world.TransferCount("c-kept")));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task What_was_paid_to_an_account_that_takes_no_transfers_any_more_is_found_paid()
    {
        var account = await world.GivenAccount("shut");
        await world.GivenSettled(ContestBuilder.Of("c-shut", "shut"));
        var earlier = await world.BackUp();
        await world.RunToRest(world.Runner());
        await world.Restore(earlier);
        await world.Admin($"accounts/{account}/capabilities", new { transfers = "inactive" });

        await Stop();
        await world.Database.Run(tx => tx.HintAccount(account), ct);
        await Recover("c-shut");

        await world.IsPaidOnce("c-shut");
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private async Task Stop() => Assert.Null(await world.Database.Run(
        tx => RecoveryRoutes.Stop(new StopReason("restored", world.Clock.GetUtcNow().AddHours(-1)), "olga", tx), ct));

    /// <summary>Money moves again, held payouts are woken, until nothing is due.</summary>
    private async Task Recover(string contestId)
    {
        Assert.Null(await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct));
        if (await world.State(contestId) == PayoutStates.Held) await RejectionIsRefused(contestId);
        for (var round = 0; round < 3; round++)
        {
            await world.Database.Run(new WakeHeldJob().Run, ct);
            await world.RunToRest(world.Runner());
        }
    }

    private async Task RejectionIsRefused(string contestId) => Assert.Contains("may have been paid",
        Assert.IsType<ReviewPayout.Refuse>(await Review(contestId, ReviewWish.Reject)).Why, StringComparison.Ordinal);

    private async Task<ReviewPayout?> Review(string contestId, string decision)
    {
        var payoutId = (await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'"))!;
        return await world.Database.Run(tx => tx.Review(payoutId, new ReviewWish(decision, "ann", "checked"), null), ct);
    }

    private async Task HoldIt(string contestId)
    {
        var payoutId = (await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'"))!;
        await world.Database.Run(async tx =>
        {
            var locked = (await tx.LockPayout(payoutId))!;
            Assert.True(await tx.Hold(locked.Contest, locked.Payout, HoldCause.Approval, "assessment/1", "large"));
        }, ct);
    }

    private Task<WithdrawalDecision> Ask(string player, string request, long amountMinor) => world.Database.Run(
        tx => tx.Withdraw(player, new WithdrawalRequest(request, amountMinor, "usd")), ct);

    private static PayoutChangedV1 Told(string id, int no, string state) =>
        new(id, no, id, 1, "p", 500, "usd", state, null, null, DateTimeOffset.UnixEpoch);

    private Task Win(string player, long amountMinor) => world.Database.Run(async tx =>
    {
        var wallet = new WalletKey(player, "usd");
        await tx.LockWallets([wallet]);
        await tx.InsertLots([new NewLot($"won/{player}", wallet, LotSources.Winnings, "won", amountMinor)]);
        await tx.Post([new LedgerLine(
            $"won/{player}", LedgerAccounts.HouseOverlay, LedgerAccounts.Wallet(player), "usd", amountMinor, "won", "won",
            "wallet", 0)]);
    }, ct);
}
