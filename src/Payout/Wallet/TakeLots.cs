namespace ContestPipeline.Payout.Wallet;

/// <summary>Whose wallet, in which currency; ordered as wallets are locked.</summary>
public readonly record struct WalletKey(string PlayerId, string Currency) : IComparable<WalletKey>
{
    public int CompareTo(WalletKey other)
    {
        var order = string.CompareOrdinal(PlayerId, other.PlayerId);
        return order == 0 ? string.CompareOrdinal(Currency, other.Currency) : order;
    }
}

/// <summary>Where money in a wallet came from.</summary>
public static class LotSources
{
    /// <summary>Paid in by card.</summary>
    public const string Deposit = "deposit";

    /// <summary>A prize that was credited.</summary>
    public const string Winnings = "winnings";
}

/// <summary>A lot of a wallet's money that is not used up.</summary>
/// <param name="Source">One of <see cref="LotSources"/>.</param>
/// <param name="CreditedAt">When it came in, UTC; what is returned to it later leaves that as it was.</param>
/// <param name="LeftMinor">What is left of it, in minor units.</param>
public sealed record WalletLot(
    string LotId, string PlayerId, string Currency, string Source, DateTimeOffset CreditedAt, long LeftMinor)
{
    public WalletKey Wallet => new(PlayerId, Currency);
}

/// <summary>So much of one lot, in minor units.</summary>
public sealed record LotPart(string LotId, long AmountMinor);

/// <summary>What becomes of a wish to take an amount out of a wallet.</summary>
public abstract record TakeLots
{
    private TakeLots() { }

    /// <summary>From these lots, each part above 0; together exactly the amount.</summary>
    public sealed record Take(IReadOnlyList<LotPart> Parts) : TakeLots;

    /// <summary>The wallet does not hold so much: nothing is taken.</summary>
    public sealed record Short(long HeldMinor, long MissingMinor) : TakeLots;

    /// <summary>The oldest lot first, of lots of one time the one with the smaller id; whole or not at all.</summary>
    /// <param name="lots">Of one wallet, in any order.</param>
    /// <param name="amountMinor">In minor units, above 0.</param>
    public static TakeLots Decide(IReadOnlyList<WalletLot> lots, long amountMinor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amountMinor, 1);
        var heldMinor = lots.Aggregate(0L, (sum, lot) => checked(sum + lot.LeftMinor));
        if (heldMinor < amountMinor) return new Short(heldMinor, amountMinor - heldMinor);
        return new Take(InOrder(
            lots.OrderBy(l => l.CreditedAt).ThenBy(l => l.LotId, StringComparer.Ordinal)
                .Select(l => new LotPart(l.LotId, l.LeftMinor)), amountMinor));
    }

    /// <param name="lots">What is left of each, in the order in which they are taken.</param>
    /// <returns>Each part above 0; together the amount, or all there is where that is less.</returns>
    public static IReadOnlyList<LotPart> InOrder(IEnumerable<LotPart> lots, long amountMinor)
    {
        var parts = new List<LotPart>();
        foreach (var lot in lots.Where(l => l.AmountMinor > 0))
        {
            if (amountMinor <= 0) break;
            var part = Math.Min(lot.AmountMinor, amountMinor);
            parts.Add(lot with { AmountMinor = part });
            amountMinor -= part;
        }

        return parts;
    }

    /// <returns>The lots as they are once the parts are taken.</returns>
    public static IReadOnlyList<WalletLot> After(IReadOnlyList<WalletLot> lots, IReadOnlyList<LotPart> parts)
    {
        var taken = parts.ToDictionary(p => p.LotId, p => p.AmountMinor, StringComparer.Ordinal);
        return [.. lots.Select(l => l with { LeftMinor = l.LeftMinor - taken.GetValueOrDefault(l.LotId) })];
    }
}
