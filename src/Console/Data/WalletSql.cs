using System.Globalization;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A deposit, as it stands.</summary>
public sealed record DepositRow(
    string DepositId, string RequestId, long AmountMinor, long FeeMinor, string Currency, string State, string? IntentId,
    DateTimeOffset CreatedAt);

/// <summary>A page of a list.</summary>
/// <param name="Next">Where it ended; null: it is the last.</param>
public sealed record PageOf<T>(IReadOnlyList<T> Rows, string? Next)
{
    /// <param name="rows">One more than a page has, where there are more.</param>
    /// <param name="end">What a page ends with.</param>
    public static PageOf<T> Of(IReadOnlyList<T> rows, int max, Func<T, string> end) => rows.Count <= max
        ? new PageOf<T>(rows, null) : new PageOf<T>([.. rows.Take(max)], end(rows[max - 1]));
}

/// <summary>Which pages of a wallet's lists are asked for.</summary>
/// <param name="Deposits">Null, as the others: the first.</param>
/// <param name="Moved">The currency, and the number with which the page before ended.</param>
public sealed record WalletPages(LotEnd? Lots, PageEnd? Deposits, (string Currency, long No)? Moved)
{
    /// <returns>Null: one of them is not what a page ended with.</returns>
    public static WalletPages? Read(string? lots, string? deposits, string? moved)
    {
        if (!LotEnd.Read(lots, out var lotsEnd) || !PageEnd.Read(deposits, out var depositsEnd)) return null;
        if (moved is null) return new WalletPages(lotsEnd, depositsEnd, null);
        return moved.Split('.') is [var currency, var text]
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? new WalletPages(lotsEnd, depositsEnd, (currency, no)) : null;
    }

    /// <returns>Null: the first page of that currency.</returns>
    internal long? Before(string currency) => Moved is { } moved && moved.Currency == currency ? moved.No : null;
}

/// <summary>A player's wallet.</summary>
/// <param name="Movements">A page of each currency, the latest first.</param>
/// <param name="Deposits">The latest first.</param>
/// <param name="FrozenBy">Of <see cref="WalletFrozen"/>; empty: it is not frozen.</param>
public sealed record PlayerWallet(
    IReadOnlyList<WalletBalance> Balances, PageOf<WalletLotView> Lots, IReadOnlyList<PageOf<WalletMovement>> Movements,
    PageOf<DepositRow> Deposits, IReadOnlyList<string> FrozenBy);

/// <summary>All SQL of a player's wallet that Payout's own views do not have.</summary>
public static class WalletSql
{
    public const int LotsMax = 50;
    public const int MovementsMax = 20;
    public const int DepositsMax = 20;

    /// <returns>Null: the player has none.</returns>
    public static async Task<PlayerWallet?> WalletOf(this Tx tx, string playerId, WalletPages pages)
    {
        var balances = await tx.WalletBalances(playerId);
        if (balances.Count == 0) return null;
        var movements = new List<PageOf<WalletMovement>>();
        foreach (var (currency, before) in balances.Select(b => (b.Currency, pages.Before(b.Currency))))
        {
            movements.Add(PageOf<WalletMovement>.Of(
                await tx.WalletHistory(playerId, currency, before, MovementsMax + 1), MovementsMax,
                last => string.Create(CultureInfo.InvariantCulture, $"{last.Currency}.{last.No}")));
        }

        return new PlayerWallet(
            balances,
            PageOf<WalletLotView>.Of(
                await tx.WalletLots(playerId, pages.Lots, LotsMax + 1), LotsMax, last => LotEnd.Of(last).ToString()),
            movements,
            PageOf<DepositRow>.Of(
                await tx.DepositsOf(playerId, pages.Deposits), DepositsMax,
                last => new PageEnd(last.CreatedAt, 0, last.DepositId).ToString()),
            await tx.WalletFrozenBy(playerId));
    }

    private static Task<IReadOnlyList<DepositRow>> DepositsOf(this Tx tx, string playerId, PageEnd? after) =>
        tx.Query<DepositRow>(
        $"""
        select deposit_id, request_id, amount_minor, fee_minor, currency, state, intent_id, created_at
        from payout.wallet_deposit
        where player_id = @playerId{(after is null ? "" : " and (created_at, deposit_id) < (@At, @Id)")}
        order by created_at desc, deposit_id desc
        limit @limit
        """,
        new { playerId, after?.At, after?.Id, limit = DepositsMax + 1 });
}
