using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>What leads from a player's account at Stripe to a bank, as it was last read.</summary>
/// <param name="Status">Stripe's word (pending, in_transit, paid, failed, canceled), or <c>unread</c>.</param>
public sealed record BankPayout(
    string BankPayoutId, string AccountId, string PlayerId, long AmountMinor, string Currency, string Status, string? FailureCode,
    string? FailureMessage, DateTimeOffset? ArrivesAt, DateTimeOffset? ReadAt);

/// <summary>A bank payout that is to be read.</summary>
/// <param name="Hints">How many events hinted at it so far.</param>
/// <param name="Readings">How many readings of it were stored so far.</param>
public sealed record StaleBankPayout(string BankPayoutId, string AccountId, long Hints, long Readings);

/// <summary>All SQL of bank payouts on players' accounts.</summary>
public static class BankPayoutSql
{
    private const string Columns =
        "bank_payout_id, account_id, player_id, amount_minor, currency, status, failure_code, failure_message, arrives_at, "
            + "read_at";

    /// <summary>An event said that something about it may have changed.</summary>
    public static async Task HintBankPayout(this Tx tx, string bankPayoutId, string accountId, string playerId)
    {
        var written = await tx.Execute(
            """
            insert into payout.bank_payout (bank_payout_id, account_id, player_id, amount_minor, currency, status, stale,
                hinted_at, hints)
            values (@bankPayoutId, @accountId, @playerId, 0, '', 'unread', true, @now, 1)
            on conflict (bank_payout_id) do update set stale = true, hinted_at = @now, hints = bank_payout.hints + 1, read_after =
                null
            """,
            new { bankPayoutId, accountId, playerId, now = tx.Now });
        Invariant.Holds(written == 1, $"bank payout {bankPayoutId}: wrote {written} rows");
    }

    public static Task<IReadOnlyList<StaleBankPayout>> StaleBankPayouts(this Tx tx, int countMax) => tx.Query<StaleBankPayout>(
        """
        select bank_payout_id, account_id, hints, readings
        from payout.bank_payout
        where stale and (read_after is null or read_after <= @now)
        order by hinted_at, bank_payout_id
        limit @countMax
        """,
        new { countMax, now = tx.Now });

    /// <summary>Unless an event has hinted at it since.</summary>
    public static Task ReadBankPayoutAt(this Tx tx, StaleBankPayout stale, DateTimeOffset at) => tx.Execute(
        "update payout.bank_payout set read_after = @at where bank_payout_id = @BankPayoutId and hints = @Hints",
        new { at, stale.BankPayoutId, stale.Hints });

    /// <returns>Null: another reading of it was stored since it was asked for.</returns>
    public static Task<BankPayout?> LockBankPayout(this Tx tx, StaleBankPayout asked) => tx.QueryOne<BankPayout>(
        $"select {Columns} from payout.bank_payout where bank_payout_id = @BankPayoutId and readings = @Readings for update",
        asked);

    /// <summary>Hints that came after it was read stay.</summary>
    public static async Task SaveBankPayout(this Tx tx, BankPayout read, long hints)
    {
        var written = await tx.Execute(
            """
            update payout.bank_payout
            set amount_minor = @AmountMinor, currency = @Currency, status = @Status, failure_code = @FailureCode, failure_message
                = @FailureMessage,
                arrives_at = @ArrivesAt, stale = hints > @hints, read_at = @ReadAt, readings = readings + 1
            where bank_payout_id = @BankPayoutId
            """,
            new
            {
                read.AmountMinor, read.Currency, read.Status, read.FailureCode, read.FailureMessage, read.ArrivesAt, read.ReadAt,
                read.BankPayoutId, hints,
            });
        Invariant.Holds(written == 1, $"bank payout {read.BankPayoutId}: updated {written} rows");
    }

    /// <summary>The newest first.</summary>
    public static Task<IReadOnlyList<BankPayout>> BankPayoutsOf(
        this Tx tx, string playerId, int countMax) => tx.Query<BankPayout>(
        $"select {Columns} from payout.bank_payout where player_id = @playerId order by hinted_at desc, bank_payout_id limit "
            + $"@countMax", new { playerId, countMax });
}
