using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Wallet;

/// <summary>What is asked of every request that a player makes of the wallet. Pure.</summary>
public static class WalletRequests
{
    /// <summary>Characters of the client's key at most: with the player's id it has to be told apart at Stripe.</summary>
    public const int RequestIdCharsMax = 128;

    /// <returns>What is wrong with a client's key; null: nothing.</returns>
    public static string? IdFault(string requestId) =>
        requestId.Length is 0 or > RequestIdCharsMax ? $"requestId must have 1 to {RequestIdCharsMax} characters"
        : requestId.Any(c => char.IsControl(c) || char.IsSurrogate(c)) ? "requestId must be printable characters" : null;

    /// <returns>What is wrong with a request to take money out, whatever else is known; null: nothing.</returns>
    public static string? Fault(string requestId, string currency, long amountMinor) =>
        IdFault(requestId) is { } fault ? fault
        : Currencies.Find(currency) is null ? $"currency is none of ours: {currency}"
        : amountMinor < 1 ? $"amountMinor must be at least 1; it is {amountMinor}" : null;

    /// <returns>Why a request is not the one that came under its id before; null: it is.</returns>
    public static string? OtherThanBefore(
        string requestId, long amountMinor, string currency, long knownMinor, string knownCurrency) =>
        amountMinor == knownMinor && currency == knownCurrency ? null
            : $"request {requestId} was made before, over {knownMinor} {knownCurrency}";
}
