using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Wallet;

/// <summary>Stakes out of wallets and prizes into them, on the database that holds the money.</summary>
public sealed class WalletTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const long StakeMinor = 1_000;
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stakes_of_passers_return_to_their_lots_their_share_is_a_lot_of_winnings_and_a_repetition_changes_nothing()
    {
        await Deposit("w1-p1", 700, "old");
        world.Clock.Forward(TimeSpan.FromDays(1));
        await Deposit("w1-p1", 900, "new");
        await Deposit("w1-p2", 1_000, "all");
        await Deposit("w1-p3", 1_000, "all");
        var result = await Played("w1");
        var before = await Lots("w1-p1");
        Assert.Equal([("old", 0L), ("new", 600L)], before.Select(l => (l.LotId[(l.LotId.LastIndexOf('/') + 1)..], l.LeftMinor)));
        Assert.Equal(3_000, await Balance("stakes:w1"));

        await GivenResult(result);
        await GivenResult(result);

        var lots = await Lots("w1-p1");
        Assert.Equal([700L, 900L, 388L], lots.Select(l => l.LeftMinor));
        Assert.Equal(before.Select(l => l.CreditedAt), lots.Take(2).Select(l => l.CreditedAt));
        Assert.Equal((1_988L, 1_388L), (await Balance("wallet:w1-p1"), await Balance("wallet:w1-p2")));
        Assert.Equal((0L, 0L), (await Balance("wallet:w1-p3"), await Balance("stakes:w1")));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.payout where contest_id = 'w1'"));
        var paid = Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "w1");
        Assert.Equal((2, 2_776L), (paid.PaidCount, paid.PaidMinor));
        Assert.Empty(await world.Database.Run(tx => tx.ResultDifferences(
            DateTimeOffset.UnixEpoch, tx.Now.AddDays(1), tx.Now, isNow: true), ct));
        Assert.Equal(388, Assert.Single(await world.Database.Run(tx => tx.PaidByYear("w1-p1"), ct)).PaidMinor);
        await LedgerIsClean();
    }

    [Fact]
    public async Task A_stake_that_the_wallet_does_not_hold_is_refused_with_what_is_missing_and_nothing_is_taken()
    {
        await Deposit("w2-p1", 999, "all");

        await Publish("w2");
        await Tell(Required("w2", 1));

        var answer = Assert.Single(await world.Sent<EntryPaymentChangedV1>(), c => c.ContestId == "w2");
        Assert.Equal(EntryPaymentStates.Cancelled, answer.State);
        Assert.Equal("the wallet holds 999 usd minor units, 1 are missing for the stake of 1000", answer.Reason);
        await Tell(new EntryRefusedV1("w2", "e1", "w2-p1", "payment-failed", "not paid", world.Clock.GetUtcNow()));
        var told = Assert.Single(await world.Sent<NotificationV1>(), n => n.ContestId == "w2");
        Assert.Equal(answer.Reason, told.Facts["reason"]);
        Assert.Equal((999L, 0L), (await Balance("wallet:w2-p1"), await Balance("stakes:w2")));
        await LedgerIsClean();
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
        await Deposit($"{id}-p1", 400, "a");
        await Deposit($"{id}-p1", 700, "b");
        IMessage[] ends = how switch
        {
            "refused" => [new EntryRefusedV1(id, "e1", $"{id}-p1", "contest-full", "full", world.Clock.GetUtcNow())],
            "withdrawn" or "left-before" => [new EntryWithdrawnV1("out", id, "e1", $"{id}-p1", world.Clock.GetUtcNow())],
            _ => [new ContestCancelledV1(id, "cancel", "rain", "op", world.Clock.GetUtcNow())],
        };
        await Publish(id);
        if (how.EndsWith("-before", StringComparison.Ordinal)) await Tell(ends);
        await Tell(Required(id, 1));
        await Tell(Required(id, 1));
        await Tell(ends);
        while (await world.Database.Run(new RefundContestsJob().Run, ct)) { }
        await Tell(ends);
        while (await world.Database.Run(new RefundContestsJob().Run, ct)) { }

        Assert.Equal([400L, 700L], (await Lots($"{id}-p1")).Select(l => l.LeftMinor));
        Assert.Equal((1_100L, 0L), (await Balance($"wallet:{id}-p1"), await Balance($"stakes:{id}")));
        Assert.Equal([EntryPaymentStates.Paid, EntryPaymentStates.Refunded],
            (await world.Sent<EntryPaymentChangedV1>()).Where(c => c.ContestId == id).Select(c => c.State));
        await LedgerIsClean();
    }

    [Fact]
    public async Task Of_two_hundred_stakes_at_once_a_wallet_pays_as_many_as_it_holds()
    {
        await Deposit("w4-p1", 30_500, "a");
        await Deposit("w4-p1", 20_200, "b");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct },
            async (n, _) => await Tell(Required($"w4-{n}", 1) with { PlayerId = "w4-p1" }));

        Assert.Equal(50, await world.Scalar<long>(
            "select count(*) from payout.wallet_stake where player_id = 'w4-p1' and state = 'staked'"));
        Assert.Equal(150, await world.Scalar<long>(
            "select count(*) from payout.wallet_stake where player_id = 'w4-p1' and state = 'short'"));
        Assert.Equal(700, await Balance("wallet:w4-p1"));
        Assert.Equal([0L, 700L], (await Lots("w4-p1")).Select(l => l.LeftMinor));
        await LedgerIsClean();
    }

    [Fact]
    public async Task Lots_that_are_not_what_the_ledger_has_do_not_commit()
    {
        await Deposit("w5-p1", 500, "a");

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

    /// <summary>Three staked out of their wallets, two of them pass: published, accepted, finalised.</summary>
    private async Task<(ContestAwardsV1 Awards, ContestSettledV1 Settled)> Played(string id)
    {
        await Publish(id);
        await Tell([.. Enumerable.Range(1, 3).Select(n => Required(id, n))]);
        await Tell([.. Enumerable.Range(1, 3).Select(n => new EntryAcceptedV1(
            "join", id, $"e{n}", $"{id}-p{n}", [], n, world.Clock.GetUtcNow()))]);
        await world.Finalize(id, 1);
        PlayerAwardsV1 Passed(int n) => new(
            $"{id}-p{n}", 1_400, 12, 1_388, [new PrizeV1($"e{n}", 1, 1, 1_400, 12, 1_388, StakeMinor)]);
        return (new ContestAwardsV1(id, 1, 0, "usd", [Passed(1), Passed(2)]), new ContestSettledV1(
            id, 1, "definition", "usd", 3, 3_000, 200, 2_800, 0, 0, 2_800, 24, 2_776, 0, 2, 1, "digest",
            world.Clock.GetUtcNow()));
    }

    private async Task GivenResult((ContestAwardsV1 Awards, ContestSettledV1 Settled) result)
    {
        await world.GivenResult([result.Awards], result.Settled);
        await world.PostAwards();
    }

    private Task Publish(string id)
    {
        var definition = PayoutWorld.Published(ContestBuilder.Of(id, "nobody").Settled).Definition with
        {
            Kind = ContestKinds.Verified, EntryFeeMinor = StakeMinor, GuaranteedPoolMinor = null, RakeBps = 0,
            LateCorrectionPolicy = LateCorrectionPolicies.Freeze,
            Verified = new VerifiedTermsV1(
                DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 1, 1,
                new ProofRulesV1(true, 0, 0, [], 1), 1, 5_000, UndecidedProofs.Pass, 2_000, 8_000, StakeFunding.Wallet,
                PrizeTargets.Wallet),
        };
        return world.Handle(new PublishedContests(OverlayLimit.Default),
            new ContestPublishedV1($"create-{id}", id, definition, "definition", DateTimeOffset.UnixEpoch));
    }

    private EntryPaymentRequiredV1 Required(string id, int n) => new(
        $"join-{n}", id, $"e{n}", $"{id}-p{n}", 1, StakeMinor, "usd", world.Clock.GetUtcNow(), world.Clock.GetUtcNow(),
        StakeFunding.Wallet);

    private Task Tell(params IMessage[] messages) => world.Database.Run(tx => new CollectionHandler(OverlayLimit.Default)
        .Handle([.. messages.Select(m => new Received<IMessage>(m, world.EnvelopeOf(m)))], tx), ct);

    private Task Deposit(string player, long amountMinor, string name) => world.Database.Run(async tx =>
    {
        var wallet = new WalletKey(player, "usd");
        var words = $"deposit/{player}/{name}";
        await tx.LockWallets([wallet]);
        await tx.InsertLots([new NewLot(words, wallet, LotSources.Deposit, $"ch_{player}_{name}", amountMinor)]);
        await tx.Post([new LedgerLine(
            words, LedgerAccounts.StripeBalance, LedgerAccounts.Wallet(player), "usd", amountMinor, "deposit", words, "wallet",
            0)]);
    }, ct);

    private Task<IReadOnlyList<WalletLot>> Lots(string player) => world.Database.Run(tx => tx.Query<WalletLot>(
        """
        select lot_id, player_id, currency, source, credited_at, left_minor from payout.wallet_lot
        where player_id = @player order by credited_at, lot_id
        """,
        new { player }), ct);

    private async Task<long> Balance(string account) => await world.Scalar<long>(
        $"select coalesce(sum(balance_minor), 0)::bigint from payout.ledger_account where account = '{account}'");

    private async Task LedgerIsClean()
    {
        var report = await world.VerifyLedger();
        Assert.True(report.Clean, string.Join('\n', report.Faults));
    }
}
