using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Deposits;
using ContestPipeline.Integration.Payout.Wallet;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Monitoring;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// Books that went back lack deposits, of which no topic says, and read stakes again before the lots they were taken from: the
/// deposits are found at Stripe, and the stakes wait for them.
/// </summary>
public sealed class LostWalletsTests(Backbone backbone) : IAsyncLifetime
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task A_lost_deposit_is_found_at_Stripe_and_credited_once()
    {
        var rules = new DepositRules(100, 1_000);
        var earlier = await world.BackUp();
        var rig = new DepositRig(world) { Rules = rules };
        var paid = await rig.Credited("lost/p", "first/1", 5_000);
        await rig.Ask("lost/p", "open", 3_000);
        await rig.Run();
        await world.Restore(earlier);
        await world.Admin("keys", new { forget = true });
        rig = new DepositRig(world) { Rules = rules };

        await Stop();
        Assert.Equal(0, await LookThrough(rules));
        await Start();
        Assert.Contains("payment intents", await End(), StringComparison.Ordinal);
        Assert.Equal(2, await LookThrough(rules));
        Assert.Equal(0, await LookThrough(rules));
        await rig.Run();

        Assert.Equal(paid with { CreatedAt = default }, await rig.Of("lost/p", "first/1") with { CreatedAt = default });
        Assert.Equal(4_950, await rig.Balance("wallet:lost/p"));
        Assert.StartsWith("pi_", await world.Scalar<string>(
            "select client_secret from payout.wallet_deposit where request_id = 'open'"), StringComparison.Ordinal);
        Assert.Equal(DepositState.RequiresPayment, (await rig.Of("lost/p", "open")).State);
        Assert.IsType<DepositDecision.Known>((await rig.Ask("lost/p", "open", 3_000)).Decision);
        Assert.True(await rig.Pay("lost/p", "open"));
        await rig.Run();
        Assert.Equal(4_950 + 2_970, await rig.Balance("wallet:lost/p"));
        Assert.Equal(2, await world.Scalar<long>(
            "select count(*) from payout.audit_log where action = 'deposit-made-again' and player_id = 'lost/p'"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public void An_intent_that_is_not_written_as_our_own_request_writes_it_is_no_deposit()
    {
        var rules = new DepositRules();
        var ours = Intent("deposit/p/r", "p", "deposit/p/r");
        Assert.Equal(("deposit/p/r", "r", 1), Of(ours));
        Assert.Equal(("deposit/p/r", "r", 2), Of(Intent("deposit/p/r", "p", "deposit/p/r/2")));
        Assert.Equal(("deposit/a%2Fb/r%2F1", "r/1", 1), Of(Intent("deposit/a%2Fb/r%2F1", "a/b", "deposit/a%2Fb/r%2F1")));

        PaymentIntent[] others =
        [
            Intent("deposit/p/r", "q", "deposit/p/r"), Intent("deposit/p/r", "p", "deposit/p/other"),
            Intent("deposit/p/r", "p", "deposit/p/r/1"), Intent("deposit/p/r", "p", "deposit/p/r/x"),
            Intent("deposit/p/", "p", "deposit/p/"), Intent("", "p", ""), Intent("r", "p", "r"),
            Intent("deposit/p/r", "p", "deposit/p/r", 100_001), Intent("deposit/p/r", "p", "deposit/p/r", 1),
            Intent("deposit/p/r", "p", "deposit/p/r", currency: "xxx"), new PaymentIntent { Id = "pi", Amount = 500 },
        ];
        Assert.All(others, intent => Assert.Null(LostDeposits.Of(intent, rules)));

        (string, string, int)? Of(PaymentIntent intent) =>
            LostDeposits.Of(intent, rules) is { } made ? (made.DepositId, made.RequestId, made.IntentNo) : null;
    }

    [Fact]
    public async Task A_stake_that_is_read_again_before_its_lots_waits_for_them_and_takes_part_as_before()
    {
        var rig = new WalletRig(world);
        await rig.Publish("c-again");
        await Stop();
        await rig.Tell(rig.Required("c-again", 1), Accepted("c-again", 1));
        await rig.Tell(rig.Required("c-again", 1));
        await Start();
        await Again();
        Assert.Empty(await world.Sent<EntryPaymentChangedV1>());
        await LookThrough(new DepositRules());
        Assert.Contains("1 stakes", await End(), StringComparison.Ordinal);

        world.Clock.Forward(WaitRules.LostStake.Patience + TimeSpan.FromMinutes(1));
        await world.Database.Run(new WaitingJob().Run, ct);
        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == "stake-not-taken-again/c-again");

        await rig.Deposit("c-again-p1", 1_500, "late");
        await Again();
        await Again();

        Assert.Equal((500L, 1_000L), (await rig.Balance("wallet:c-again-p1"), await rig.Balance("stakes:c-again")));
        Assert.Equal("staked accepted", await world.Scalar<string>(
            "select state || ' ' || entry_state from payout.wallet_stake where contest_id = 'c-again'"));
        Assert.Equal(EntryPaymentStates.Paid, Assert.Single(await world.Sent<EntryPaymentChangedV1>()).State);
        await world.Database.Run(new WaitingJob().Run, ct);
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == "stake-not-taken-again/c-again");
        Assert.DoesNotContain("stakes", await End() ?? "", StringComparison.Ordinal);
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task A_stake_that_waits_is_known_and_not_taken_by_reading_it_once_more()
    {
        var rig = new WalletRig(world);
        await rig.Publish("c-twice");
        await Stop();
        await rig.Tell(rig.Required("c-twice", 1), Accepted("c-twice", 1));
        await rig.Deposit("c-twice-p1", 1_500, "late");
        await rig.Tell(rig.Required("c-twice", 1));
        Assert.Equal(0, await rig.Balance("stakes:c-twice"));
        await Start();
        await LookThrough(new DepositRules());
        await Again();

        Assert.Equal((500L, 1_000L), (await rig.Balance("wallet:c-twice-p1"), await rig.Balance("stakes:c-twice")));
        Assert.Equal("accepted", await world.Scalar<string>(
            "select entry_state from payout.wallet_stake where contest_id = 'c-twice'"));
        Assert.DoesNotContain("stakes", await End() ?? "", StringComparison.Ordinal);
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task What_nothing_shows_as_taken_is_short_after_the_end_and_what_has_left_is_not_taken()
    {
        var rig = new WalletRig(world);
        await rig.Publish("c-short");
        await rig.Publish("c-over");
        await Stop();
        await rig.Tell(rig.Required("c-short", 1), rig.Required("c-short", 2));
        await rig.Tell(new EntryWithdrawnV1("back", "c-short", "e2", "c-short-p2", world.Clock.GetUtcNow()));
        await rig.Tell(rig.Required("c-over", 3));
        await rig.Tell(new ContestCancelledV1("c-over", null, "no entries", "system", world.Clock.GetUtcNow()));
        await rig.Deposit("c-short-p2", 1_000, "late");
        await rig.Deposit("c-over-p3", 1_000, "late");
        await Start();
        for (var n = 0; n < 3; n++) await Again();
        Assert.Equal(1, await world.Scalar<long>("select count(*) from payout.lost_stake where closed_at is null"));
        Assert.Empty(await world.Sent<EntryPaymentChangedV1>());

        await world.Database.Run(tx => tx.Execute("update payout.recovery set state = 'ended', ended_at = now()"), ct);
        for (var n = 0; n < 3; n++) await Again();

        Assert.Equal((EntryPaymentStates.Cancelled, "e1"), Assert.Single(
            (await world.Sent<EntryPaymentChangedV1>()).Select(m => (m.State, m.EntryId))));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.lost_stake where closed_at is null"));
        Assert.Equal((1_000L, 1_000L), (await rig.Balance("wallet:c-short-p2"), await rig.Balance("wallet:c-over-p3")));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task A_withdrawal_whose_lots_never_come_is_told_and_keeps_the_recovery_open()
    {
        await Stop();
        await world.Database.Run(tx => tx.KeepLost([
            new LostWithdrawal("withdrawal/poor/first", "poor", "first", 500, "usd", world.Clock.GetUtcNow().AddDays(-1)),
        ]), ct);
        await Start();
        await LookThrough(new DepositRules());
        world.Clock.Forward(WaitRules.LostWithdrawal.Patience + TimeSpan.FromMinutes(1));
        await world.Database.Run(new RemakeWithdrawalsJob().Run, ct);
        await world.Database.Run(new WaitingJob().Run, ct);

        var told = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == "withdrawal-not-made-again/poor");
        Assert.Contains("500 usd", told.Cause, StringComparison.Ordinal);
        Assert.Contains("1 withdrawals", await End(), StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    /// <summary>At Stripe, and in what Payout itself has told.</summary>
    private async Task<int> LookThrough(DepositRules rules)
    {
        await new ToldBefore(world.Database, (_, _, _, _) => [], NullLogger<ToldBefore>.Instance).ReadStale(ct);
        return await new LostDeposits(world.Database, world.Gateway().Stripe, rules).ReadStale(ct);
    }

    private Task<bool> Again() => world.Database.Run(new RemakeStakesJob().Run, ct);

    private EntryAcceptedV1 Accepted(string contestId, int n) =>
        new("join", contestId, $"e{n}", $"{contestId}-p{n}", [], n, world.Clock.GetUtcNow());

    private async Task Stop() => Assert.Null(await world.Database.Run(
        tx => RecoveryRoutes.Stop(new StopReason("restored", world.Clock.GetUtcNow().AddHours(-1)), "olga", tx), ct));

    private async Task Start() => Assert.Null(await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct));

    private Task<string?> End() => world.Database.Run(tx => RecoveryRoutes.End("compared", "ann", tx), ct);

    private static PaymentIntent Intent(
        string depositId, string playerId, string mark, long amountMinor = 5_000, string currency = "usd") => new()
    {
        Id = "pi_1", Amount = amountMinor, Currency = currency, Status = "succeeded",
        Metadata = new Dictionary<string, string>
        {
            ["deposit"] = depositId, ["player_id"] = playerId, [IntentCalls.KeyMark] = mark,
        },
    };
}
