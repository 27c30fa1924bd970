using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Verifying;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Replay.Parking;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Wallet;

/// <summary>Stakes out of wallets and prizes into them, on the database that holds the money.</summary>
public sealed class WalletTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly WalletRig rig = new(world);
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stakes_of_passers_return_to_their_lots_their_share_is_a_lot_of_winnings_and_a_repetition_changes_nothing()
    {
        await rig.Deposit("w1-p1", 700, "old");
        world.Clock.Forward(TimeSpan.FromDays(1));
        await rig.Deposit("w1-p1", 900, "new");
        await rig.Deposit("w1-p2", 1_000, "all");
        await rig.Deposit("w1-p3", 1_000, "all");
        var result = await rig.Played("w1");
        var before = await rig.Lots("w1-p1");
        Assert.Equal([("old", 0L), ("new", 600L)], before.Select(l => (l.LotId[(l.LotId.LastIndexOf('/') + 1)..], l.LeftMinor)));
        Assert.Equal(3_000, await rig.Balance("stakes:w1"));

        await rig.GivenResult(result);
        await rig.GivenResult(result);

        var lots = await rig.Lots("w1-p1");
        Assert.Equal([700L, 900L, 388L], lots.Select(l => l.LeftMinor));
        Assert.Equal(before.Select(l => l.CreditedAt), lots.Take(2).Select(l => l.CreditedAt));
        Assert.Equal((1_988L, 1_388L), (await rig.Balance("wallet:w1-p1"), await rig.Balance("wallet:w1-p2")));
        Assert.Equal((0L, 0L), (await rig.Balance("wallet:w1-p3"), await rig.Balance("stakes:w1")));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'w1'"));
        var paid = Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "w1");
        Assert.Equal((2, 2_776L), (paid.PaidCount, paid.PaidMinor));
        Assert.Empty(await world.Database.Run(tx => tx.ResultDifferences(
            DateTimeOffset.UnixEpoch, tx.Now.AddDays(1), tx.Now, isNow: true), ct));
        Assert.Equal(388, Assert.Single(await world.Database.Run(tx => tx.PaidByYear("w1-p1"), ct)).PaidMinor);
        await using var books = new NpgsqlConnection(world.AdminConnection);
        Assert.Equal([("w1-p1", 1_388L, 1_388L), ("w1-p2", 1_388L, 1_388L)],
            (await books.Booked("w1", ct)).Select(b => (b.PlayerId, b.LedgerMinor, b.PayoutMinor)));
        Assert.Equal(["w1-p3"], (await world.Database.Run(tx => tx.FeesHeld("w1", null), ct)).Select(f => f.PlayerId));
        Assert.Equal([("w1-p1", 1_388L), ("w1-p2", 1_388L)],
            (await world.Database.Run(tx => tx.Payouts("w1"), ct)).Select(p => (p.PlayerId, p.AmountMinor)).Order());
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task A_stake_that_the_wallet_does_not_hold_is_refused_with_what_is_missing_and_nothing_is_taken()
    {
        await rig.Deposit("w2-p1", 999, "all");

        await rig.Publish("w2");
        await rig.Tell(rig.Required("w2", 1));

        var answer = Assert.Single(await world.Sent<EntryPaymentChangedV1>(), c => c.ContestId == "w2");
        Assert.Equal(EntryPaymentStates.Cancelled, answer.State);
        Assert.Equal("the wallet holds 999 usd minor units, 1 are missing for the stake of 1000", answer.Reason);
        await rig.Tell(new EntryRefusedV1("w2", "e1", "w2-p1", "payment-failed", "not paid", world.Clock.GetUtcNow()));
        var told = Assert.Single(await world.Sent<NotificationV1>(), n => n.ContestId == "w2");
        Assert.Equal(answer.Reason, told.Facts["reason"]);
        Assert.Equal((999L, 0L), (await rig.Balance("wallet:w2-p1"), await rig.Balance("stakes:w2")));
        await rig.LedgerIsClean();
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("withdrawn")]
    [InlineData("cancelled")]
    [InlineData("cancelled-before")]
    [InlineData("left-before")]
    public async Task What_does_not_take_part_is_back_in_its_lots_once_whatever_comes_first(string how)
    {
        var id = $"w3-{how}";
        await rig.Deposit($"{id}-p1", 400, "a");
        await rig.Deposit($"{id}-p1", 700, "b");
        IMessage[] ends = how switch
        {
            "refused" => [new EntryRefusedV1(id, "e1", $"{id}-p1", "contest-full", "full", world.Clock.GetUtcNow())],
            "withdrawn" or "left-before" => [new EntryWithdrawnV1("out", id, "e1", $"{id}-p1", world.Clock.GetUtcNow())],
            _ => [new ContestCancelledV1(id, "cancel", "rain", "op", world.Clock.GetUtcNow())],
        };
        await rig.Publish(id);
        if (how.EndsWith("-before", StringComparison.Ordinal)) await rig.Tell(ends);
        await rig.Tell(rig.Required(id, 1));
        await rig.Tell(rig.Required(id, 1));
        await rig.Tell(ends);
        while (await world.Database.Run(new RefundContestsJob().Run, ct)) { }
        await rig.Tell(ends);
        while (await world.Database.Run(new RefundContestsJob().Run, ct)) { }

        Assert.Equal([400L, 700L], (await rig.Lots($"{id}-p1")).Select(l => l.LeftMinor));
        Assert.Equal((1_100L, 0L), (await rig.Balance($"wallet:{id}-p1"), await rig.Balance($"stakes:{id}")));
        Assert.Equal([EntryPaymentStates.Paid, EntryPaymentStates.Refunded],
            (await world.Sent<EntryPaymentChangedV1>()).Where(c => c.ContestId == id).Select(c => c.State));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task Lots_that_are_not_what_the_ledger_has_do_not_commit()
    {
        await rig.Deposit("w5-p1", 500, "a");

        async Task Refused(string sql, string state)
        {
            await using var connection = new NpgsqlConnection(world.AdminConnection);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
            Assert.Equal(state, refused.SqlState);
        }

        await Refused("update payout.wallet_lot set left_minor = 499 where player_id = 'w5-p1'",
            PostgresErrorCodes.CheckViolation);
        await Refused("update payout.ledger_account set balance_minor = 501 where account = 'wallet:w5-p1'",
            PostgresErrorCodes.CheckViolation);
        await Refused("update payout.wallet_lot set credited_at = credited_at - interval '1 day' where player_id = 'w5-p1'",
            PostgresErrorCodes.RestrictViolation);
        await Refused("update payout.wallet_lot set left_minor = -1 where player_id = 'w5-p1'",
            PostgresErrorCodes.CheckViolation);
    }
}
