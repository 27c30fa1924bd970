using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>Where a payout was sent.</summary>
/// <param name="IsGone">The platform was told that it has lost the account, and Stripe does not show it any more.</param>
public sealed record PaidPayout(string TransferId, string Destination, bool IsGone);

/// <summary>
/// All SQL of what a clawback was asked for: the dispute or the correction behind it. Each statement runs inside the caller's
/// transaction.
/// </summary>
public static class ClawbackSql
{
    internal const string DisputeColumns =
        "dispute_id, contest_id, entry_id, player_id, amount_minor, currency, reason, phase, applied, recovered_minor, status, "
            + "lost_minor, was_lost, applied_no";

    internal const string PartColumns =
        "p.contest_id, p.revision, p.entry_id, p.award_revision, p.player_id, p.currency, p.net_minor";

    /// <summary>Joins to an award a what was voided of it: by refunds and disputes, and with what people were told of.</summary>
    internal const string VoidsOfAward =
        """
        left join lateral (
            select sum(x.amount_minor) filter (where x.outcome = 'voided') as voided_minor,
                sum(x.amount_minor) filter (where x.outcome <> 'corrected') as voided_or_told_minor, max(x.void_no) as void_no
            from payout.prize_void x
            where x.contest_id = a.contest_id and x.revision = a.revision and x.entry_id = a.entry_id) v on true
        """;

    /// <summary>Joins to an award a what corrections take of it, done or not.</summary>
    internal const string ReductionsOfAward =
        """
        cross join lateral (
            select coalesce(sum(x.net_minor), 0)::bigint as reduced_minor from payout.reduction_part x
            where x.contest_id = a.contest_id and x.award_revision = a.revision and x.entry_id = a.entry_id) r
        """;

    public static async Task<DisputeFacts> LockDispute(this Tx tx, string disputeId) =>
        await tx.QueryOne<DisputeFacts>(
            $"select {DisputeColumns} from payout.dispute where dispute_id = @disputeId for update", new { disputeId })
            ?? throw new InvariantException($"dispute {disputeId} is not known here");

    public static async Task AddRecovered(this Tx tx, string disputeId, long amountMinor)
    {
        var written = await tx.Execute(
            "update payout.dispute set recovered_minor = recovered_minor + @amountMinor where dispute_id = @disputeId",
            new { disputeId, amountMinor });
        Invariant.Holds(written == 1, $"dispute {disputeId}: updated {written} rows");
    }

    /// <returns>False when the answer is stored already. What was taken for refused may turn out to be done.</returns>
    public static async Task<bool> AnswerReversal(
        this Tx tx, string payoutId, string disputeId, string state, long reversedMinor, string? reversalId) => await tx.Execute(
        """
        update payout.payout_reversal
        set state = @state, reversed_minor = @reversedMinor, reversal_id = @reversalId, at = @now
        where payout_id = @payoutId and dispute_id = @disputeId and asked_minor >= @reversedMinor
            and (state = 'asked' or state = 'refused' and @state = 'done')
        """,
        new { payoutId, disputeId, state, reversedMinor, reversalId, now = tx.Now }) == 1;

    /// <summary>
    /// Stripe has been asked to take something back from the player, and has not answered: how much is left to be taken is not
    /// known before. The player is locked.
    /// </summary>
    /// <param name="butFor">A dispute whose own request does not count.</param>
    public static Task<bool> IsBeingTakenBack(this Tx tx, string playerId, string? butFor = null) => tx.QueryOne<bool>(
        """
        select exists (select from payout.reduction_part where player_id = @playerId and outcome = 'asked') or exists (
            select from payout.payout_reversal r join payout.payout p on p.payout_id = r.payout_id
            where p.player_id = @playerId and r.state = 'asked' and r.dispute_id is distinct from @butFor)
        """,
        new { playerId, butFor });

    /// <returns>Whether nothing is known yet of the reversal that the dispute asked for, whose row is locked.</returns>
    public static async Task<bool> IsReversalAsked(this Tx tx, string payoutId, string disputeId) => await tx.QueryOne<string>(
        "select state from payout.payout_reversal where payout_id = @payoutId and dispute_id = @disputeId for update",
        new { payoutId, disputeId }) == "asked";

    /// <returns>The part that asked for a reversal with this mark, and what is known of it, locked; null when none did.</returns>
    public static async Task<(ReductionPart Part, string Outcome)?> LockAsked(this Tx tx, string callKey)
    {
        var part = await tx.QueryOne<ReductionPart>(
            $"select {PartColumns} from payout.reduction_part p where p.call_key = @callKey for update", new { callKey });
        if (part is null) return null;
        return (part,
            (await tx.QueryOne<string>("select outcome from payout.reduction_part where call_key = @callKey", new { callKey }))!);
    }

    /// <param name="outcome">reversed, or lost; what was taken for lost may turn out to be reversed.</param>
    public static async Task AnswerPart(this Tx tx, string callKey, string outcome, long takenMinor, string? reversalId)
    {
        var written = await tx.Execute(
            """
            update payout.reduction_part set outcome = @outcome, taken_minor = @takenMinor, reversal_id = @reversalId
            where call_key = @callKey and (outcome = 'asked' or outcome = 'lost' and @outcome = 'reversed')
            """,
            new { callKey, outcome, takenMinor, reversalId });
        Invariant.Holds(written == 1, $"reduction {callKey}: answered {written} rows");
    }

    public static async Task<PaidPayout> PaidPayout(this Tx tx, string payoutId) => await tx.QueryOne<PaidPayout>(
        """
        select p.transfer_id, p.destination, exists (select from payout.stripe_account a where a.account_id = p.destination and
            a.gone_at is not null) as is_gone
        from payout.attempt p
        where p.payout_id = @payoutId and p.outcome = 'paid'
        """, new { payoutId })
            ?? throw new InvariantException($"payout {payoutId} is paid, and none of its attempts is");
}
