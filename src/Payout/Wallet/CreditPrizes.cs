using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Wallet;

/// <summary>What a player won in one contest, after the platform's fee.</summary>
/// <param name="NetMinor">In minor units, the returned stakes included.</param>
/// <param name="Entries">The entries that won it.</param>
public sealed record WonPrize(string PlayerId, long NetMinor, IReadOnlyList<string> Entries);

/// <summary>Prizes of contests that pay to wallets.</summary>
public static class CreditPrizes
{
    /// <summary>
    /// Credits each winner's wallet: the stakes that were taken from it go back into their lots, the rest is a lot of winnings.
    /// The same prize a second time is a key violation.
    /// </summary>
    /// <returns>The ledger lines of it, which the caller posts in the same transaction.</returns>
    public static async Task<IReadOnlyList<LedgerLine>> Credit(
        this Tx tx, string contestId, int revision, string currency, IReadOnlyList<WonPrize> prizes)
    {
        var won = prizes.Where(p => p.NetMinor > 0).ToArray();
        if (won.Length == 0) return [];
        await tx.LockWallets([.. won.Select(p => new WalletKey(p.PlayerId, currency))]);
        var uses = await tx.Uses([.. won.SelectMany(p => p.Entries.Select(e => WalletStake.WordsOf(contestId, e)))]);
        var lots = NewLots(contestId, revision, currency, won, uses);
        await tx.ReturnUses(uses);
        await tx.InsertLots(lots);
        return
        [
            .. won.Select(p => new LedgerLine(
                Words(contestId, revision, p.PlayerId), LedgerAccounts.PlayerPayable(p.PlayerId),
                LedgerAccounts.Wallet(p.PlayerId), currency, p.NetMinor, "prize-credit",
                Words(contestId, revision, p.PlayerId), contestId, revision)),
        ];
    }

    /// <summary>What of each prize is won, and not a stake that comes back.</summary>
    public static IReadOnlyList<NewLot> NewLots(
        string contestId, int revision, string currency, IReadOnlyList<WonPrize> won, IReadOnlyList<LotUse> returned)
    {
        var stakes = returned.GroupBy(u => u.UseId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(u => u.AmountMinor), StringComparer.Ordinal);
        var lots = new List<NewLot>();
        foreach (var prize in won)
        {
            var stakeMinor = prize.Entries.Sum(e => stakes.GetValueOrDefault(WalletStake.WordsOf(contestId, e)));
            Invariant.Holds(stakeMinor <= prize.NetMinor,
                $"contest {contestId}: player {prize.PlayerId} staked {stakeMinor} and gets {prize.NetMinor}");
            if (prize.NetMinor == stakeMinor) continue;
            lots.Add(new NewLot(
                Words(contestId, revision, prize.PlayerId), new WalletKey(prize.PlayerId, currency), LotSources.Winnings,
                $"{contestId}/{revision}", prize.NetMinor - stakeMinor));
        }

        return lots;
    }

    private static string Words(string contestId, int revision, string playerId) =>
        $"prize-credit/{contestId}/{revision}/{playerId}";
}
