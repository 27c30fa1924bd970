using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Rereads;

/// <summary>Since when something cannot be read at Stripe, and how often it was tried.</summary>
public sealed record UnreadTrouble(DateTimeOffset Since, int Tries);

/// <summary>All SQL of what cannot be read at Stripe.</summary>
public static class UnreadSql
{
    /// <summary>One more try that showed nothing.</summary>
    public static async Task<UnreadTrouble> NoteUnread(
        this Tx tx, string what, string id, string answer) => await tx.QueryOne<UnreadTrouble>(
        """
        insert into payout.stripe_unread as u (what, id, since, tries, last_answer)
        values (@what, @id, @now, 1, @answer)
        on conflict (what, id) do update set tries = u.tries + 1, last_answer = @answer
        returning since, tries
        """,
        new { what, id, answer, now = tx.Now }) ?? throw new InvariantException($"{what} {id}: wrote no row");

    /// <returns>True when it could not be read before.</returns>
    public static async Task<bool> ForgetUnread(this Tx tx, string what, string id) =>
        await tx.Execute("delete from payout.stripe_unread where what = @what and id = @id", new { what, id }) == 1;
}
