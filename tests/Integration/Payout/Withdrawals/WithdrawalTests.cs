using ContestPipeline.Contracts;
using ContestPipeline.Integration.Payout.Wallet;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;
using Dapper;
using Npgsql;
using Stripe;

namespace ContestPipeline.Integration.Payout.Withdrawals;

/// <summary>Money out of wallets: through a payout as a prize is paid, or back into the lots it came from.</summary>
public sealed class WithdrawalTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly WalletRig rig = new(world);
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_withdrawal_is_paid_once_by_a_transfer_and_is_no_prize_whatever_is_repeated_and_a_year_later()
    {
        const string id = "withdrawal/out/first";
        await world.GivenAccount("out");
        await Win("out", 800);
        Assert.IsType<WithdrawalDecision.Take>(await Ask("out", "first", 500));
        Assert.Equal((300L, 500L), (await rig.Balance("wallet:out"), await rig.Balance("player_payable:out")));

        await Pay();
        Assert.IsType<WithdrawalDecision.Known>(await Ask("out", "first", 500));
        Assert.IsType<WithdrawalDecision.Refuse>(await Ask("out", "first", 501));
        world.Clock.Forward(TimeSpan.FromDays(400));
        Assert.IsType<WithdrawalDecision.Known>(await Ask("out", "first", 500));
        await Pay();

        Assert.Equal((PayoutStates.Paid, 1, 500L),
            (await world.State(id), await world.TransferCount(id), await world.PaidMinor(id)));
        Assert.Equal((300L, 0L), (await rig.Balance("wallet:out"), await rig.Balance("player_payable:out")));
        Assert.DoesNotContain(await world.Sent<ContestPaidV1>(), p => p.ContestId == id);
        Assert.Empty(await world.Database.Run(tx => tx.PaidByYear("out"), ct));
        Assert.Empty(await world.Database.Run(tx => tx.Prizes("out", null, null, 10), ct));
        Assert.Empty(await world.Database.Run(tx => tx.ResultDifferences(
            DateTimeOffset.UnixEpoch, tx.Now.AddDays(1), tx.Now, isNow: true), ct));
        var told = (await world.Sent<PayoutChangedV1>()).Where(c => c.ContestId == id)
            .Select(PayoutNotices.Of).OfType<NotificationV1>().Select(NoticeText.Of).ToArray();
        Assert.Equal("Your withdrawal was sent", Assert.Single(told).Title);
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task A_deposit_goes_to_no_bank_before_it_is_ninety_days_old()
    {
        await rig.Deposit("age", 900, "a");
        await Win("age", 50);

        Assert.StartsWith("at most 50 can be withdrawn",
            Assert.IsType<WithdrawalDecision.Refuse>(await Ask("age", "early", 51)).Why, StringComparison.Ordinal);
        world.Clock.Forward(TimeSpan.FromDays(91));
        Assert.IsType<WithdrawalDecision.Take>(await Ask("age", "late", 920));

        Assert.Equal([0L, 30L], (await rig.Lots("age")).Select(l => l.LeftMinor));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task Of_twenty_who_withdraw_at_once_a_wallet_pays_as_many_as_it_holds()
    {
        await Win("race", 550);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Ask("race", $"k{n}", 100)));

        Assert.Equal(5, answers.Count(a => a is WithdrawalDecision.Take));
        Assert.Equal((50L, 500L), (await rig.Balance("wallet:race"), await rig.Balance("player_payable:race")));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task What_a_reviewer_rejects_is_back_in_its_lots_with_their_times_once()
    {
        const string id = "withdrawal/no/first";
        await Win("no", 300, "a");
        world.Clock.Forward(TimeSpan.FromDays(1));
        await Win("no", 400, "b");
        var before = await rig.Lots("no");
        await Ask("no", "first", 500);
        Assert.Equal([0L, 200L], (await rig.Lots("no")).Select(l => l.LeftMinor));
        await HoldIt(id);

        var wish = new ReviewWish(ReviewWish.Reject, "ann", "taken over");
        var payoutId = await PayoutOf(id);
        Assert.IsType<ReviewPayout.Reject>(await world.Database.Run(tx => tx.Review(payoutId, wish, null), ct));
        Assert.IsType<ReviewPayout.Refuse>(
            await world.Database.Run(tx => tx.Review(payoutId, wish with { Reviewer = "ben" }, null), ct));
        await Pay();

        Assert.Equal(before, await rig.Lots("no"));
        Assert.Equal((PayoutStates.Rejected, 0), (await world.State(id), await world.TransferCount(id)));
        Assert.Equal((700L, 0L), (await rig.Balance("wallet:no"), await rig.Balance("player_payable:no")));
        Assert.Equal(0, await rig.Balance($"prize_unpaid:{id}"));
        Assert.IsType<WithdrawalDecision.Known>(await Ask("no", "first", 500));
        Assert.IsType<WithdrawalDecision.Take>(await Ask("no", "second", 700));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task What_Stripe_refuses_for_good_is_back_in_the_wallet_and_no_operator_sends_it_again()
    {
        const string id = "withdrawal/refused/first";
        await world.GivenAccount("refused");
        await Win("refused", 500);
        await Ask("refused", "first", 500);
        var payoutId = await PayoutOf(id);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            // More than one: payouts that other tests have left here may be due as well.
            await world.Fault("400", count: 100);
            await Pay();
            world.Clock.Forward(TimeSpan.FromHours(1));
        }

        await world.Admin("faults/clear", new { });
        await Pay();
        Assert.Equal((PayoutStates.Failed, 0), (await world.State(id), await world.TransferCount(id)));
        Assert.Equal((500L, 0L), (await rig.Balance("wallet:refused"), await rig.Balance("player_payable:refused")));
        var retry = await world.Database.Run(async tx =>
            RetryPayout.Decide((await tx.LockPayout(payoutId))!.Payout, await tx.Attempts(payoutId)), ct);
        Assert.StartsWith("the withdrawal is back in the wallet", Assert.IsType<RetryAnswer.No>(retry).Why,
            StringComparison.Ordinal);
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task What_a_person_takes_back_at_Stripe_part_by_part_is_in_its_lots_again_the_last_taken_first()
    {
        const string id = "withdrawal/back/first";
        await world.GivenAccount("back");
        await Win("back", 300, "a");
        world.Clock.Forward(TimeSpan.FromDays(1));
        await Win("back", 400, "b");
        var before = await rig.Lots("back");
        await Ask("back", "first", 600);
        await Pay();

        await TakenBack(id, 150);
        await TakenBack(id, amountMinor: null, hears: 0);
        Assert.Equal([0L, 250L], (await rig.Lots("back")).Select(l => l.LeftMinor));
        await TakenBack(id, amountMinor: 0, hears: 2);

        Assert.Equal(before, await rig.Lots("back"));
        Assert.Equal((PayoutStates.Reversed, 0L, 700L, 0L), (await world.State(id), await rig.Balance("player_payable:back"),
            await rig.Balance("wallet:back"), await rig.Balance($"prize_unpaid:{id}")));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.Kind == "transfer-reversed"
            && a.RecommendedAction.Contains("in the wallet of player back again", StringComparison.Ordinal));
        Assert.IsType<WithdrawalDecision.Known>(await Ask("back", "first", 600));
        Assert.IsType<WithdrawalDecision.Take>(await Ask("back", "second", 700));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task A_withdrawal_that_takes_other_than_it_owes_or_that_nobody_asked_for_does_not_commit()
    {
        await Win("forged", 500);
        async Task Refused(string sql, string state)
        {
            await using var connection = new NpgsqlConnection(world.AdminConnection);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
            Assert.Equal(state, refused.SqlState);
        }

        await Refused(
            """
            insert into payout.contest (contest_id, revision, currency, state, payouts_open, completed_at, opened_at)
            values ('withdrawal/forged/x', 1, 'usd', 'paying', 1, now(), now())
            """, PostgresErrorCodes.CheckViolation);
        await Ask("forged", "first", 200);
        await Refused(
            """
            insert into payout.payout
                (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at, created_at)
            values ('forged', 'withdrawal/forged/first', 1, 'thief', 200, 'usd', 'pending', 1, now(), now());
            update payout.wallet_lot set left_minor = left_minor where player_id = 'forged'
            """, PostgresErrorCodes.RestrictViolation);
        await Refused("update payout.wallet_withdrawal set amount_minor = 1 where player_id = 'forged'",
            PostgresErrorCodes.RestrictViolation);
        await Refused("update payout.payout set player_id = 'thief' where contest_id = 'withdrawal/forged/first'",
            PostgresErrorCodes.RestrictViolation);
    }

    private Task<WithdrawalDecision> Ask(string player, string request, long amountMinor) => world.Database.Run(
        tx => tx.Withdraw(player, new WithdrawalRequest(request, amountMinor, "usd")), ct);

    private async Task Pay()
    {
        var runner = world.Runner();
        while (await runner.RunOnce(ct) > 0) { }
    }

    /// <summary>A person at Stripe's dashboard.</summary>
    /// <param name="amountMinor">Null: all that is left; 0: nothing more.</param>
    /// <param name="hears">How often it is told of.</param>
    private async Task TakenBack(string withdrawalId, long? amountMinor, int hears = 2)
    {
        var transfer = await world.Scalar<string>($"select transfer_id from payout.payout where contest_id = '{withdrawalId}'");
        if (amountMinor != 0)
            await new TransferReversalService(world.Stripe())
                .CreateAsync(transfer, new TransferReversalCreateOptions { Amount = amountMinor }, cancellationToken: ct);
        for (; hears > 0; hears--)
        {
            await world.Hint("transfer.reversed", transfer!);
            await world.TransferReader().ReadStale(ct);
        }
    }

    private async Task<string> PayoutOf(string withdrawalId) => await world.Scalar<string>(
        $"select payout_id from payout.wallet_withdrawal where withdrawal_id = '{withdrawalId}'") ?? "";

    private async Task HoldIt(string withdrawalId)
    {
        var payoutId = await PayoutOf(withdrawalId);
        await world.Database.Run(async tx =>
        {
            var locked = (await tx.LockPayout(payoutId))!;
            Assert.True(await tx.Hold(locked.Contest, locked.Payout, HoldCause.Approval, "assessment/1", "large"));
        }, ct);
    }

    /// <summary>A lot of winnings, as a prize that is credited makes it.</summary>
    private Task Win(string player, long amountMinor, string name = "won") => world.Database.Run(async tx =>
    {
        var wallet = new WalletKey(player, "usd");
        var words = $"won/{player}/{name}";
        await tx.LockWallets([wallet]);
        await tx.InsertLots([new NewLot(words, wallet, LotSources.Winnings, words, amountMinor)]);
        await tx.Post([new LedgerLine(
            words, LedgerAccounts.HouseOverlay, LedgerAccounts.Wallet(player), "usd", amountMinor, "won", words, "wallet", 0)]);
    }, ct);
}
