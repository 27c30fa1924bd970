namespace ContestPipeline.Payout.Wallet;

/// <summary>What is taken of a wallet for a deposit that its card's bank has taken back.</summary>
public static class TakeDisputed
{
    /// <summary>The disputed lot first, then the others, the newest first; as much as there is.</summary>
    /// <param name="lots">Of one wallet, in any order.</param>
    /// <param name="disputedLot">The lot's id; it may be used up.</param>
    /// <param name="amountMinor">In minor units.</param>
    /// <returns>Each part above 0; together at most the amount.</returns>
    public static IReadOnlyList<LotPart> Decide(IReadOnlyList<WalletLot> lots, string disputedLot, long amountMinor) =>
        TakeLots.InOrder(
            lots.OrderBy(l => l.LotId == disputedLot ? 0 : 1).ThenByDescending(l => l.CreditedAt)
                .ThenByDescending(l => l.LotId, StringComparer.Ordinal).Select(l => new LotPart(l.LotId, l.LeftMinor)),
            amountMinor);
}
