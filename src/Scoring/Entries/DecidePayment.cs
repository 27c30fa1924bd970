using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>What the state of a payment means for its entry.</summary>
public abstract record PaymentDecision
{
    private PaymentDecision() { }

    /// <summary>It takes part from now on.</summary>
    public sealed record Accept : PaymentDecision;

    /// <summary>It never will: what was paid goes back.</summary>
    public sealed record Refuse(string ReasonCode, string Message) : PaymentDecision;

    /// <summary>It took part and its fee went back before lock: it is taken out.</summary>
    public sealed record Remove : PaymentDecision;

    public sealed record Nothing : PaymentDecision;
}

/// <summary>Decides what a payment does to an entry. Money never changes a contest that has locked.</summary>
public static class DecidePayment
{
    /// <summary>What was published of a reserved entry before the database went back stands, whatever is known by now.</summary>
    /// <param name="published">That it takes part, or never will.</param>
    /// <param name="now">Becomes the time of what was published.</param>
    /// <returns>Null: nothing was published that this payment leads to.</returns>
    public static PaymentDecision? AsBefore(
        CommandView view, string state, IEnumerable<IMessage> published, ref DateTimeOffset now)
    {
        if (view.Reserved is not { State: ReservationState.Reserved }) return null;
        foreach (var message in published)
        {
            switch (message)
            {
                case EntryAcceptedV1 accepted when state == EntryPaymentStates.Paid:
                    now = accepted.AcceptedAt;
                    return new PaymentDecision.Accept();
                case EntryRefusedV1 refused when state is EntryPaymentStates.Paid or EntryPaymentStates.Cancelled
                    or EntryPaymentStates.Refunded:
                    now = refused.At;
                    return new PaymentDecision.Refuse(refused.ReasonCode, refused.Message);
            }
        }

        return null;
    }

    /// <param name="view">The contest, the entry if it takes part, its reservation, and how many other entries of its player take
    /// part.</param>
    /// <param name="reason">Why it is cancelled, as Payout says; null: it does not.</param>
    /// <param name="paidAt">When it was paid, UTC; null: not known. Of a payment in time the view and the moment are those of
    /// then, see <see cref="PaidInTime"/>.</param>
    public static PaymentDecision Decide(
        CommandView view, string state, DateTimeOffset now, string? reason = null, DateTimeOffset? paidAt = null)
    {
        if (view.Rules is not { } rules || view.Reserved is not { } reserved) return new PaymentDecision.Nothing();
        if (reserved.State == ReservationState.Accepted)
        {
            var leaves = state == EntryPaymentStates.Refunded && view.Entry is { Withdrawn: false }
                && !DecideCommand.Locked(view, now);
            return leaves ? new PaymentDecision.Remove() : new PaymentDecision.Nothing();
        }

        if (reserved.State != ReservationState.Reserved) return new PaymentDecision.Nothing();
        return state switch
        {
            EntryPaymentStates.Paid => Paid(view, rules.Definition, now, paidAt),
            EntryPaymentStates.Cancelled when reason is not null && rules.Definition.Verified?.Funding == StakeFunding.Wallet =>
                new PaymentDecision.Refuse(Reasons.PaymentFailed, reason),
            EntryPaymentStates.Cancelled when DecideCommand.Locked(view, now) =>
                new PaymentDecision.Refuse(Reasons.ContestLocked, "the fee was not paid before the contest locked"),
            EntryPaymentStates.Cancelled or EntryPaymentStates.Refunded =>
                new PaymentDecision.Refuse(Reasons.PaymentFailed, "the payment of the entry was given up"),
            _ => new PaymentDecision.Nothing(),
        };
    }

    private static PaymentDecision Paid(
        CommandView view, ContestDefinitionV1 definition, DateTimeOffset now, DateTimeOffset? paidAt)
    {
        if (view.State == ContestStates.Cancelled)
            return new PaymentDecision.Refuse(Reasons.ContestOver, "the contest was cancelled");
        if (DecideCommand.Locked(view, now))
            return new PaymentDecision.Refuse(Reasons.ContestLocked,
                paidAt is null || paidAt < definition.LockAt
                    ? $"the contest locked ({definition.LockAt:u} at the latest) before the payment was heard of ({now:u})"
                    : $"the contest locked ({definition.LockAt:u} at the latest) before the fee was paid ({paidAt:u})");
        if (view.EntryCount >= definition.MaxEntries)
            return new PaymentDecision.Refuse(
                Reasons.ContestFull, $"the contest filled up with its {definition.MaxEntries} entries before this one was paid");
        return view.PlayerEntries >= definition.MaxEntriesPerPlayer
            ? new PaymentDecision.Refuse(Reasons.PlayerLimit,
                $"the player has {view.PlayerEntries} entries; the limit is {definition.MaxEntriesPerPlayer}")
            : new PaymentDecision.Accept();
    }
}
