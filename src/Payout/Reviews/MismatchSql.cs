using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reviews;

/// <summary>All SQL of what persons say of mismatches. The payout is locked by the caller.</summary>
public static class MismatchSql
{
    public static Task<IReadOnlyList<MismatchWord>> MismatchWords(this Tx tx, string payoutId) => tx.Query<MismatchWord>(
        "select word_no, reference, decision, transfer_id, person, carried_out from payout.mismatch_word where payout_id = "
            + "@payoutId order by word_no", new { payoutId });

    /// <param name="evidence">What Stripe showed when the word was carried out; null: it was not.</param>
    public static async Task InsertWord(
        this Tx tx, string payoutId, int wordNo, string reference, MismatchWish wish, string? evidence)
    {
        var written = await tx.Execute(
            """
            insert into payout.mismatch_word (payout_id, word_no, reference, decision, transfer_id, person, note, evidence,
                carried_out, at)
            values (@payoutId, @wordNo, @reference, @Decision, @TransferId, @Person, @Note, @evidence, @carriedOut, @now)
            """,
            new { payoutId, wordNo, reference, wish.Decision, wish.TransferId, wish.Person, wish.Note, evidence,
                carriedOut = evidence is not null, now = tx.Now });
        Invariant.Holds(written == 1, $"payout {payoutId}: wrote {written} words");
    }

    /// <summary>Attempts so far have paid nothing: from now on they count as absent.</summary>
    public static async Task EstablishNone(this Tx tx, string payoutId, int attemptNo)
    {
        var written = await tx.Execute(
            "update payout.payout set none_up_to_attempt = @attemptNo where payout_id = @payoutId", new { payoutId, attemptNo });
        Invariant.Holds(written == 1, $"payout {payoutId}: updated {written} rows");
    }

    /// <returns>Every account that a request of ours made for the player and Stripe still shows.</returns>
    public static Task<IReadOnlyList<string>> AccountsNow(this Tx tx, string playerId) => tx.Query<string>(
        "select account_id from payout.stripe_account where player_id = @playerId and made_by is not null and gone_at is null "
            + "order by account_id", new { playerId });

    /// <returns>The player for whom a request of ours made the account; null when none did.</returns>
    public static Task<string?> PlayerOfOurAccount(this Tx tx, string accountId) => tx.QueryOne<string>(
        "select player_id from payout.stripe_account where account_id = @accountId and made_by is not null", new { accountId });
}
