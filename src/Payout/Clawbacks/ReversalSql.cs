using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>A transfer that is to be read.</summary>
/// <param name="Hints">How many events hinted at it so far.</param>
public sealed record DueTransfer(string TransferId, long Hints);

/// <summary>All SQL of reversals. Each statement runs inside the caller's transaction.</summary>
public static class ReversalSql
{
    /// <summary>When a transfer is read again that is not known here yet.</summary>
    public static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    /// <summary>An event said that something of the transfer was taken back.</summary>
    public static async Task HintTransfer(this Tx tx, string transferId)
    {
        var written = await tx.Execute(
            """
            insert into payout.transfer_reading (transfer_id, hinted_at, due_at, hints)
            values (@transferId, @now, @now, 1)
            on conflict (transfer_id) do update set hinted_at = @now, due_at = @now, hints = transfer_reading.hints + 1
            """,
            new { transferId, now = tx.Now });
        Invariant.Holds(written == 1, $"transfer {transferId}: wrote {written} rows");
    }

    public static Task<IReadOnlyList<DueTransfer>> DueTransfers(this Tx tx, int countMax) => tx.Query<DueTransfer>(
        "select transfer_id, hints from payout.transfer_reading where due_at <= @now order by due_at, transfer_id limit "
            + "@countMax", new { now = tx.Now, countMax });

    /// <summary>Hints that came after it was read stay.</summary>
    public static Task TransferRead(this Tx tx, DueTransfer read) => tx.Execute(
        "update payout.transfer_reading set due_at = null where transfer_id = @TransferId and hints = @Hints", read);

    /// <summary>Unless an event has hinted at it since.</summary>
    public static Task ReadTransferAt(this Tx tx, DueTransfer due, DateTimeOffset at) => tx.Execute(
        "update payout.transfer_reading set due_at = @at where transfer_id = @TransferId and hints = @Hints",
        new { at, due.TransferId, due.Hints });

    /// <returns>Null when no attempt is known to have been paid by it.</returns>
    public static Task<string?> PaidBy(this Tx tx, string transferId) => tx.QueryOne<string>(
        "select payout_id from payout.attempt where transfer_id = @transferId", new { transferId });

    public static Task<bool> IsBooked(this Tx tx, string reversalId) => tx.QueryOne<bool>(
        "select exists (select from payout.transfer_reversal where reversal_id = @reversalId)", new { reversalId });

    public static Task<long> ReversedMinor(this Tx tx, string payoutId) => tx.QueryOne<long>(
        "select coalesce(sum(amount_minor), 0)::bigint from payout.transfer_reversal where payout_id = @payoutId",
        new { payoutId });

    /// <summary>The database refuses one that is not of the payout's transfer, and more than was paid.</summary>
    public static async Task InsertReversal(this Tx tx, ReversalFacts reversal, string payoutId, string? disputeId)
    {
        var written = await tx.Execute(
            """
            insert into payout.transfer_reversal (reversal_id, transfer_id, payout_id, amount_minor, currency, dispute_id,
                made_at, booked_at)
            values (@ReversalId, @TransferId, @payoutId, @AmountMinor, @Currency, @disputeId, @MadeAt, @now)
            """,
            new { reversal.ReversalId, reversal.TransferId, payoutId, reversal.AmountMinor, reversal.Currency, disputeId,
                reversal.MadeAt, now = tx.Now });
        Invariant.Holds(written == 1, $"reversal {reversal.ReversalId}: wrote {written} rows");
    }
}

/// <summary>A call for a reversal that Stripe did not make, to be asked for again.</summary>
/// <param name="Body">Its parameters as JSON.</param>
/// <param name="Why">Stripe's words.</param>
public sealed record ReversalAgain(string CallKey, string Kind, string Body, string Why)
{
    /// <exception cref="InvariantException">The call takes nothing back.</exception>
    public IWantedReversal Wanted()
    {
        var body = Encoding.UTF8.GetBytes(Body);
        if (Kind == ReversalToMake.KindName) return WireJson.Read<ReversalToMake>(body);
        if (Kind == CorrectionToTakeBack.KindName) return WireJson.Read<CorrectionToTakeBack>(body);
        throw new InvariantException($"call {CallKey} is of kind {Kind}, which takes nothing back");
    }
}

/// <summary>All SQL of reversals that are asked for again. Each statement runs inside the caller's transaction.</summary>
public static class AgainSql
{
    /// <summary>When a reversal is asked for again for which Stripe did not say what the account holds.</summary>
    public static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    /// <summary>In the transaction that stores Stripe's answer.</summary>
    public static async Task AskAgain(this Tx tx, string callKey, string why)
    {
        var written = await tx.Execute(
            "insert into payout.reversal_again (call_key, why, due_at) values (@callKey, @why, @now)",
            new { callKey, why, now = tx.Now });
        Invariant.Holds(written == 1, $"reversal {callKey}: wrote {written} rows");
    }

    public static Task<IReadOnlyList<ReversalAgain>> DueAgain(this Tx tx, int countMax) => tx.Query<ReversalAgain>(
        """
        select a.call_key, c.kind, c.body, a.why
        from payout.reversal_again a join payout.stripe_call c on c.key = a.call_key
        where a.due_at <= @now
        order by a.due_at, a.call_key
        limit @countMax
        """,
        new { now = tx.Now, countMax });

    /// <param name="askedKey">Of the new call; null: nothing is left to ask for.</param>
    /// <returns>False when somebody else has done it.</returns>
    public static async Task<bool> TakeAgain(this Tx tx, string callKey, string? askedKey) => await tx.Execute(
        "update payout.reversal_again set due_at = null, asked_key = @askedKey where call_key = @callKey and due_at is not null",
        new { callKey, askedKey }) == 1;

    public static Task AgainAt(this Tx tx, string callKey, DateTimeOffset at) => tx.Execute(
        "update payout.reversal_again set due_at = @at where call_key = @callKey and due_at is not null", new { callKey, at });
}
