using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A deposit, as it stands.</summary>
public sealed record DepositRow(
    string DepositId, string RequestId, long AmountMinor, long FeeMinor, string Currency, string State, string? IntentId,
    DateTimeOffset CreatedAt);

/// <summary>A player's wallet.</summary>
/// <param name="Movements">The latest of each currency.</param>
/// <param name="Deposits">The latest.</param>
/// <param name="FrozenBy">Of <see cref="WalletFrozen"/>; empty: it is not frozen.</param>
public sealed record PlayerWallet(
    IReadOnlyList<WalletBalance> Balances, IReadOnlyList<WalletLotView> Lots, IReadOnlyList<WalletMovement> Movements,
    IReadOnlyList<DepositRow> Deposits, IReadOnlyList<string> FrozenBy);

/// <summary>All SQL of a player's wallet that Payout's own views do not have.</summary>
public static class WalletSql
{
    public const int MovementsMax = 20;
    public const int DepositsMax = 20;

    /// <returns>Null: the player has none.</returns>
    public static async Task<PlayerWallet?> WalletOf(this Tx tx, string playerId)
    {
        var balances = await tx.WalletBalances(playerId);
        if (balances.Count == 0) return null;
        var movements = new List<WalletMovement>();
        foreach (var balance in balances)
            movements.AddRange(await tx.WalletHistory(playerId, balance.Currency, before: null, MovementsMax));
        return new PlayerWallet(
            balances, await tx.WalletLots(playerId), movements, await tx.DepositsOf(playerId),
            await tx.WalletFrozenBy(playerId));
    }

    private static Task<IReadOnlyList<DepositRow>> DepositsOf(this Tx tx, string playerId) => tx.Query<DepositRow>(
        """
        select deposit_id, request_id, amount_minor, fee_minor, currency, state, intent_id, created_at
        from payout.wallet_deposit
        where player_id = @playerId
        order by created_at desc, deposit_id
        limit @DepositsMax
        """,
        new { playerId, DepositsMax });
}
