using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Payout.Ledger;

/// <summary>The accounts of the ledger by name, and which shard of a hot account a line uses.</summary>
/// <remarks>
/// Balances are credits less debits: what the platform owes is positive, what it owns (<see cref="StripeBalance"/>) negative.
/// </remarks>
public static class LedgerAccounts
{
    public const string StripeBalance = "stripe_balance";
    public const string EntryFees = "entry_fees";
    public const string PlatformFees = "platform_fees";
    public const string HouseOverlay = "house_overlay";
    public const string HouseRounding = "house_rounding";

    /// <summary>
    /// Entry fees given back after the contest took them, until a voided prize makes up for it: the house's cost.
    /// </summary>
    public const string Refunds = "refunds";

    /// <summary>What Stripe has taken out of the balance for open disputes.</summary>
    public const string DisputeHolds = "dispute_holds";

    /// <summary>Lost disputes and their fees, less what was got back.</summary>
    public const string DisputeLosses = "dispute_losses";

    /// <summary>Prizes that a correction reduced after they were paid, as far as they could not be got back.</summary>
    public const string CorrectionLosses = "correction_losses";

    /// <summary>What Stripe charges, as its balance transactions say.</summary>
    public const string StripeFees = "stripe_fees";

    /// <summary>What the house has brought into Stripe's balance, less what it took back.</summary>
    public const string HouseFunds = "house_funds";

    /// <summary>What went from Stripe's balance to the platform's own bank account.</summary>
    public const string PlatformBank = "platform_bank";

    /// <summary>What Stripe keeps back of the balance.</summary>
    public const string StripeReserves = "stripe_reserves";

    /// <summary>
    /// Movements of Stripe's balance that nothing here explains: each was told, and is for a person to explain.
    /// </summary>
    public const string StripeUnexplained = "stripe_unexplained";

    /// <summary>What Stripe's balance held before the first comparison.</summary>
    public const string StripeOpening = "stripe_opening";

    /// <summary>Shards of an account that every contest or payout touches.</summary>
    public const int ShardsMax = 16;

    private static readonly FrozenSet<string> s_hot = FrozenSet.Create(
        StringComparer.Ordinal, StripeBalance, EntryFees, PlatformFees, HouseOverlay, HouseRounding, Refunds, DisputeHolds,
        DisputeLosses, CorrectionLosses, StripeFees);

    public static string PrizePool(string contestId) => $"prize_pool:{contestId}";

    public static string PlayerPayable(string playerId) => $"player_payable:{playerId}";

    /// <summary>What a player has in the wallet; it lies in lots.</summary>
    public static string Wallet(string playerId) => $"wallet:{playerId}";

    /// <summary>What left a wallet to go back to the card, and has not gone by Stripe's answer.</summary>
    public static string WalletRefunds(string playerId) => $"wallet_refunds:{playerId}";

    /// <summary>What was staked out of wallets on a challenge that is not settled yet.</summary>
    public static string Stakes(string contestId) => $"stakes:{contestId}";

    /// <summary>
    /// Prizes that were decided and will not be paid to their winners: what becomes of them is for people to say.
    /// </summary>
    public static string PrizeUnpaid(string contestId) => $"prize_unpaid:{contestId}";

    /// <summary>Derived from the reference, so the same line always lands on the same shard.</summary>
    public static short Shard(string account, string reference) => s_hot.Contains(account) ? ShardOf(reference) : (short)0;

    private static short ShardOf(string reference)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(reference), hash);
        return (short)(BinaryPrimitives.ReadUInt32BigEndian(hash) % ShardsMax);
    }
}
