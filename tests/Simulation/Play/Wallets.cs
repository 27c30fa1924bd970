using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Simulation;

/// <summary>A payer asked the bank for a deposit back.</summary>
/// <param name="Outcome">What became of it at Stripe; null while the bank has not decided.</param>
internal sealed record DisputedDeposit(string Id, string IntentId, string PlayerId, long AmountMinor, string? Outcome);

/// <summary>What is known of deposits at Stripe, in a seed that has wallets.</summary>
internal sealed class Wallets
{
    private const int Percent = 20;

    private Wallets() { }

    /// <summary>Payment intents of deposits, and whose they are.</summary>
    internal SortedDictionary<string, string> Intents { get; } = new(StringComparer.Ordinal);

    /// <summary>What prizes were credited to each player.</summary>
    internal SortedDictionary<string, long> WonMinor { get; } = new(StringComparer.Ordinal);

    /// <summary>In the order in which they came.</summary>
    internal List<DisputedDeposit> Disputes { get; } = [];

    /// <returns>Null: nobody has a wallet. A Payout whose database goes back, and reads that are refused, are played
    /// without.</returns>
    internal static Wallets? Of(SimWorld world, DatabaseBack? back, RefusedReads? reads) =>
        back is null && reads is null && !world.IsWithout(Weather.Wallet) && world.ChanceOf("wallet").Chance(Percent)
            ? new Wallets() : null;

    /// <summary>Payouts that are withdrawals, and pay no prize.</summary>
    internal static IReadOnlySet<string> Withdrawals(SimWorld world) => world.Wallets is null ? new HashSet<string>()
        : world.Broker.Messages<PayoutChangedV1>().Where(p => PayoutSource.IsWithdrawal(p.ContestId)).Select(p => p.PayoutId)
            .ToHashSet(StringComparer.Ordinal);

    internal static bool IsDeposit(JsonElement intent) => intent.GetProperty("metadata").TryGetProperty("deposit", out _);

    /// <returns>It is a deposit's intent, refund or dispute.</returns>
    internal bool Owns(JsonElement of) =>
        Intents.ContainsKey(of.GetProperty("id").GetString()!)
        || of.TryGetProperty("payment_intent", out var intent) && intent.GetString() is { } id && Intents.ContainsKey(id);
}
