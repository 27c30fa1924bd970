using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>A payer asked the bank for a deposit back.</summary>
/// <param name="Outcome">What became of it at Stripe; null while the bank has not decided.</param>
internal sealed record DisputedDeposit(string Id, string IntentId, string PlayerId, long AmountMinor, string? Outcome);

/// <summary>What a player has won elsewhere.</summary>
internal sealed record SimWin(string PlayerId, string Words, long AmountMinor)
{
    /// <summary>As a prize that is credited changes a wallet, once, however often its result is read.</summary>
    internal async Task Credit(Tx tx)
    {
        var wallet = new WalletKey(PlayerId, "usd");
        await tx.LockWallets([wallet]);
        if (await tx.QueryOne<bool>("select exists (select from payout.wallet_lot where lot_id = @Words)", new { Words })) return;
        await tx.InsertLots([new NewLot(Words, wallet, LotSources.Winnings, Words, AmountMinor)]);
        await tx.Post([
            new LedgerLine(
                Words, LedgerAccounts.HouseOverlay, LedgerAccounts.Wallet(PlayerId), "usd", AmountMinor, "won", Words, "", 0),
        ]);
    }
}

/// <summary>What is known of deposits at Stripe, in a seed that has wallets.</summary>
internal sealed class Wallets
{
    private const int Percent = 20;
    private const int PercentOfBack = 50;

    private Wallets() { }

    /// <summary>Payment intents of deposits, and whose they are.</summary>
    internal SortedDictionary<string, string> Intents { get; } = new(StringComparer.Ordinal);

    /// <summary>Prizes that were credited.</summary>
    internal List<SimWin> Wins { get; } = [];

    /// <summary>In the order in which they came.</summary>
    internal List<DisputedDeposit> Disputes { get; } = [];

    /// <returns>Null: nobody has a wallet. Reads that are refused are played without.</returns>
    internal static Wallets? Of(SimWorld world, DatabaseBack? back, RefusedReads? reads) =>
        reads is null && !world.IsWithout(Weather.Wallet)
            && world.ChanceOf("wallet").Chance(back is null ? Percent : PercentOfBack)
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
