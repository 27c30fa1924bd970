using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Whether a payment was made before the lock is Stripe's to say: the news of it may come after. So unpaid entries keep their
/// places for a while after the lock. Line-ups were fixed when the places were reserved: nobody chooses with what he knows later.
/// </summary>
public static class PaidInTime
{
    /// <summary>
    /// After the lock; longer than it takes Payout to read at the lock what no event told of. What is heard of later goes back.
    /// </summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(15);

    /// <param name="view">The contest as it is now.</param>
    /// <param name="paidAt">By Stripe's clock, to the second, UTC.</param>
    /// <param name="lockedAt">When the contest locked or will, UTC; null: it never did.</param>
    /// <param name="begun">Games that had begun when it was paid.</param>
    /// <returns>
    /// The contest as it was when the payment was made, and when that was; null: the payment is judged by when it is heard of,
    /// because it is not late, was made after the lock, or comes when the entries that count have been counted.
    /// </returns>
    public static (CommandView View, DateTimeOffset At)? AsItWas(
        CommandView view, DateTimeOffset paidAt, DateTimeOffset? lockedAt, IReadOnlySet<string> begun)
    {
        if (view.State is not (ContestStates.Scheduled or ContestStates.Locked or ContestStates.Live) || paidAt >= lockedAt
            || lockedAt is null || begun.Count > 0 || view.Reserved is not { } reserved) return null;
        return (view with { State = ContestStates.Scheduled, StartedGames = begun },
            reserved.ReservedAt > paidAt ? reserved.ReservedAt : Tx.Stored(paidAt));
    }
}
