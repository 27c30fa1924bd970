using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Wallet;

/// <summary>Challenges that are staked out of wallets and pay to them, and money in the wallets.</summary>
internal sealed class WalletRig(PayoutWorld world)
{
    public const long StakeMinor = 1_000;

    public const string AllLots =
        """
        select lot_id, player_id, currency, source, credited_at, left_minor from payout.wallet_lot
        where player_id = @player order by credited_at, lot_id
        """;

    /// <summary>A challenge that takes a fifth of what is forfeited for the platform.</summary>
    public Task Publish(string id)
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

    /// <summary>Player pN of the challenge joins with entry eN.</summary>
    public EntryPaymentRequiredV1 Required(string id, int n) => new(
        $"join-{n}", id, $"e{n}", $"{id}-p{n}", 1, StakeMinor, "usd", world.Clock.GetUtcNow(), world.Clock.GetUtcNow(),
        StakeFunding.Wallet);

    public Task Tell(params IMessage[] messages) => world.Database.Run(tx => new CollectionHandler(OverlayLimit.Default)
        .Handle([.. messages.Select(m => new Received<IMessage>(m, world.EnvelopeOf(m)))], tx), default);

    /// <summary>A lot as a deposit makes it.</summary>
    public Task Deposit(string player, long amountMinor, string name) => world.Database.Run(async tx =>
    {
        var wallet = new WalletKey(player, "usd");
        var words = $"deposit/{player}/{name}";
        await tx.LockWallets([wallet]);
        await tx.InsertLots([new NewLot(words, wallet, LotSources.Deposit, $"ch_{player}_{name}", amountMinor)]);
        await tx.Post([new LedgerLine(
            words, LedgerAccounts.StripeBalance, LedgerAccounts.Wallet(player), "usd", amountMinor, "deposit", words, "wallet",
            0)]);
    }, default);

    public Task<IReadOnlyList<WalletLot>> Lots(string player) =>
        world.Database.Run(tx => tx.Query<WalletLot>(AllLots, new { player }), default);

    public async Task<long> Balance(string account) => await world.Scalar<long>(
        $"select coalesce(sum(balance_minor), 0)::bigint from payout.ledger_account where account = '{account}'");

    public async Task LedgerIsClean()
    {
        var report = await world.VerifyLedger();
        Assert.True(report.Clean, string.Join('\n', report.Faults));
    }

    /// <summary>Three staked out of their wallets, two of them pass: published, accepted, finalised.</summary>
    public async Task<(ContestAwardsV1 Awards, ContestSettledV1 Settled)> Played(string id)
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

    public async Task GivenResult((ContestAwardsV1 Awards, ContestSettledV1 Settled) result)
    {
        await world.GivenResult([result.Awards], result.Settled);
        await world.PostAwards();
    }
}
