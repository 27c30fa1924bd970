using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reviews;

/// <summary>What a reviewer wants.</summary>
/// <param name="Decision"><see cref="Release"/> or <see cref="Reject"/>.</param>
/// <param name="Reviewer">As the token names the person.</param>
public sealed record ReviewWish(string Decision, string Reviewer, string Note)
{
    public const string Release = "release";
    public const string Reject = "reject";

    /// <summary>The players that the reviewer is, as the token names them.</summary>
    public IReadOnlyList<string> PlayerIds { get; init; } = [];

    /// <summary>Whether a name or an id of a player means the reviewer.</summary>
    internal bool IsOf(string person) => PersonName.IsOf(person, Reviewer, PlayerIds);
}

/// <summary>One person's decision about a payout.</summary>
public sealed record Review(int ReviewNo, string Reviewer, string Decision, string Note, DateTimeOffset At);

/// <summary>What becomes of a reviewer's wish. Nothing here can change how much a payout is or whose it is.</summary>
public abstract record ReviewPayout
{
    private ReviewPayout() { }

    /// <summary>The holds that a reviewer can end are ended.</summary>
    public sealed record Release(IReadOnlyList<PayoutHold> Ends) : ReviewPayout;

    /// <summary>Noted; a second person has to say the same.</summary>
    public sealed record AwaitSecond : ReviewPayout;

    /// <summary>The payout is over; every open hold ends with it.</summary>
    public sealed record Reject(IReadOnlyList<PayoutHold> Ends) : ReviewPayout;

    /// <summary>Not as things stand.</summary>
    public sealed record Refuse(string Why) : ReviewPayout;

    /// <summary>Not by this person.</summary>
    public sealed record NotYours(string Why) : ReviewPayout;

    /// <param name="open">The open holds.</param>
    /// <param name="earlier">Reviews of this payout so far; those before the oldest open hold were about something else.</param>
    /// <param name="policy">Null: one approver is enough.</param>
    /// <param name="mayHaveGone">The books may lack its transfer, and Stripe has not said yet.</param>
    public static ReviewPayout Decide(
        PayoutRecord payout, IReadOnlyList<PayoutHold> open, IReadOnlyList<Review> earlier, ReviewWish wish, RiskPolicy? policy,
        bool mayHaveGone = false)
    {
        if (payout.State != PayoutState.Held)
            return new Refuse($"Payout {payout.PayoutId} is {payout.State.Word()}, not held: there is nothing to decide.");
        if (wish.IsOf(payout.PlayerId)) return new NotYours("Nobody decides about a payout of their own.");
        var round = earlier.Where(r => open.Count == 0 || r.At >= open.Min(h => h.Since)).ToArray();
        if (round.Any(r => wish.IsOf(r.Reviewer)))
            return new NotYours("You have said so before; the second approval needs another person.");
        if (open.FirstOrDefault(h => h.Cause == HoldCause.Mismatch) is { } mismatch)
            return new Refuse(
                $"Payout {payout.PayoutId} is held because our record and Stripe's differ ({mismatch.Reason}): its money may "
                    + $"have moved, and no review can end that.");
        return wish.Decision switch
        {
            ReviewWish.Reject when wish.Note.Length == 0 => new Refuse("A rejection needs a note that says why."),
            ReviewWish.Reject when mayHaveGone => new Refuse(
                $"Payout {payout.PayoutId} may have been paid by what the books have lost, and Stripe has not said yet: reject it "
                    + "once it was looked for."),
            ReviewWish.Reject => new Reject(open),
            ReviewWish.Release => DecideRelease(payout, open, round, policy),
            _ => new Refuse($"A decision is {ReviewWish.Release} or {ReviewWish.Reject}, not '{wish.Decision}'."),
        };
    }

    private static ReviewPayout DecideRelease(
        PayoutRecord payout, IReadOnlyList<PayoutHold> open, IReadOnlyList<Review> round, RiskPolicy? policy)
    {
        var ends = open.Where(h => h.Cause is HoldCause.Approval or HoldCause.Limit or HoldCause.Manual && !h.IsOfHalt)
            .ToArray();
        if (ends.Length == 0)
            return new Refuse($"Payout {payout.PayoutId} is held by what a review cannot end: {PayoutHolds.Words(open)}.");
        var needed = policy?.Currencies.GetValueOrDefault(payout.Currency)?.SecondApproverAboveMinor is { } above
            && payout.AmountMinor > above ? 2 : 1;
        return round.Count(r => r.Decision == ReviewWish.Release) + 1 < needed ? new AwaitSecond() : new Release(ends);
    }
}
