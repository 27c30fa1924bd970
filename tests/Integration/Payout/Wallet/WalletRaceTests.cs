using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Wallet;

/// <summary>Many at once at the same wallets.</summary>
public sealed class WalletRaceTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly WalletRig rig = new(world);
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_hundred_stakes_at_once_a_wallet_pays_as_many_as_it_holds()
    {
        await rig.Deposit("w4-p1", 30_500, "a");
        await rig.Deposit("w4-p1", 20_200, "b");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct },
            async (n, _) => await rig.Tell(rig.Required($"w4-{n}", 1) with { PlayerId = "w4-p1" }));

        Assert.Equal(50, await world.Scalar<long>(
            "select count(*) from payout.wallet_stake where player_id = 'w4-p1' and state = 'staked'"));
        Assert.Equal(150, await world.Scalar<long>(
            "select count(*) from payout.wallet_stake where player_id = 'w4-p1' and state = 'short'"));
        Assert.Equal(700, await rig.Balance("wallet:w4-p1"));
        Assert.Equal([0L, 700L], (await rig.Lots("w4-p1")).Select(l => l.LeftMinor));
        await rig.LedgerIsClean();
    }

    [Fact]
    public async Task Whatever_runs_at_once_each_stake_took_the_oldest_lots_that_there_were_and_each_return_put_them_back()
    {
        string[] players = ["w6-p1", "w6-p2", "w6-p3"];
        foreach (var player in players)
        {
            for (var lot = 0; lot < 6; lot++)
            {
                await rig.Deposit(player, 700 + 300 * lot, $"lot-{(lot * 5) % 6}");
                if (lot % 2 == 1) world.Clock.Forward(TimeSpan.FromHours(1));
            }
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 120), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct },
            async (n, _) =>
            {
                var required = rig.Required($"w6-{n}", 1) with { PlayerId = players[n % 3], AmountMinor = 150 + 97 * (n % 13) };
                await rig.Tell(required);
                if (n % 3 != 1) return;
                await rig.Tell(new EntryWithdrawnV1("out", required.ContestId, "e1", required.PlayerId, world.Clock.GetUtcNow()));
            });

        var moves = 0;
        foreach (var player in players) moves += await FollowsTheModel(player);
        Assert.True(moves > 60, $"only {moves} moves");
        await rig.LedgerIsClean();
    }

    /// <summary>The lines of a wallet in their order, played again on lots in memory.</summary>
    /// <returns>How many lines there were.</returns>
    private async Task<int> FollowsTheModel(string player)
    {
        var (end, lines, uses) = await world.Database.Run(async tx => (
            await tx.Query<WalletLot>(WalletRig.AllLots, new { player }),
            await tx.Query<(string Code, string Reference, long AmountMinor)>(
                """
                select code, reference, amount_minor from payout.ledger_transfer where @account in (debit_account, credit_account)
                order by case when debit_account = @account then debit_no else credit_no end
                """,
                new { account = LedgerAccounts.Wallet(player) }),
            (await tx.Query<(string UseId, string LotId, long TakenMinor)>(
                "select use_id, lot_id, taken_minor from payout.wallet_use order by use_id, lot_id"))
            .ToLookup(u => u.UseId, u => new LotPart(u.LotId, u.TakenMinor))), ct);
        var lots = end.Select(l => l with { LeftMinor = 0 }).ToArray();
        foreach (var (code, reference, amountMinor) in lines)
        {
            LotPart[] parts = code switch
            {
                "deposit" => [new LotPart(reference, -amountMinor)],
                "stake" => [.. Assert.IsType<TakeLots.Take>(TakeLots.Decide(lots, amountMinor)).Parts],
                _ => [.. uses[reference.Replace("stake-returned/", "stake/", StringComparison.Ordinal)]
                    .Select(p => p with { AmountMinor = -p.AmountMinor })],
            };
            if (code == "stake") Assert.Equal(uses[reference].OrderBy(p => p.LotId), parts.OrderBy(p => p.LotId));
            lots = [.. TakeLots.After(lots, parts)];
        }

        Assert.Equal(end.Select(l => (l.LotId, l.LeftMinor)), lots.Select(l => (l.LotId, l.LeftMinor)));
        return lines.Count;
    }
}
