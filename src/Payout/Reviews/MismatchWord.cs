using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reviews;

/// <summary>What a person says of a payout that is held for a mismatch.</summary>
/// <param name="Decision"><see cref="Adopt"/> or <see cref="EstablishNone"/>.</param>
/// <param name="TransferId">The transfer that paid it; null with <see cref="EstablishNone"/>.</param>
/// <param name="Person">As the token names the person.</param>
/// <param name="Note">Why; never empty.</param>
public sealed record MismatchWish(string Decision, string? TransferId, string Person, string Note)
{
    /// <summary>A transfer that Stripe shows is the payout's.</summary>
    public const string Adopt = "adopt";

    /// <summary>Stripe has no transfer of the payout: it goes on with a new attempt.</summary>
    public const string EstablishNone = "establish-none";

    /// <summary>The players whom the person is, if any: nobody decides about a payout of their own.</summary>
    public IReadOnlyList<string> PlayerIds { get; init; } = [];

    internal bool IsOf(string person) => PersonName.IsOf(person, Person, PlayerIds);
}

/// <summary>What one person has said before.</summary>
/// <param name="Reference">The hold that it is about.</param>
public sealed record MismatchWord(
    int WordNo, string Reference, string Decision, string? TransferId, string Person, bool CarriedOut);

/// <summary>
/// What becomes of a person's word about a mismatch. Nothing here can change how much a payout is or whose it is.
/// </summary>
public abstract record MismatchStep
{
    private MismatchStep() { }

    /// <summary>Noted; a second person has to say the same.</summary>
    public sealed record AwaitSecond : MismatchStep;

    /// <summary>Two persons say so: Stripe is asked once more, and what it shows decides.</summary>
    /// <param name="First">Who said it first.</param>
    public sealed record CarryOut(string First) : MismatchStep;

    /// <summary>It was done.</summary>
    /// <param name="State">The payout's state.</param>
    public sealed record Done(PayoutState State) : MismatchStep;

    /// <summary>Not as things stand.</summary>
    public sealed record Refuse(string Why) : MismatchStep;

    /// <summary>Not by this person.</summary>
    public sealed record NotYours(string Why) : MismatchStep;

    /// <summary>Stripe could not be asked now.</summary>
    public sealed record NotNow(string Why) : MismatchStep;

    /// <param name="open">The payout's open holds.</param>
    /// <param name="attempts">All of them, in order.</param>
    /// <param name="earlier">What was said of this payout so far.</param>
    public static MismatchStep Decide(
        PayoutRecord payout, IReadOnlyList<PayoutHold> open, IReadOnlyList<PayoutAttempt> attempts,
        IReadOnlyList<MismatchWord> earlier, MismatchWish wish)
    {
        if (payout.State != PayoutState.Held || open.FirstOrDefault(h => h.Cause == HoldCause.Mismatch) is not { } hold)
            return new Refuse(
                $"Payout {payout.PayoutId} is {payout.State.Word()}, not held for a mismatch: there is nothing to decide.");
        if (wish.IsOf(payout.PlayerId)) return new NotYours("Nobody decides about a payout of their own.");
        if (attempts.FirstOrDefault(a => a.Outcome == AttemptOutcome.Paid) is { } paid)
            return new Refuse(
                $"Attempt {paid.AttemptNo} is recorded as paid, and the payout is not: the books are broken, which no decision "
                    + $"mends.");
        var said = earlier.Where(w => w.Reference == hold.Reference && !w.CarriedOut).ToArray();
        if (said.LastOrDefault(w => !wish.IsOf(w.Person)) is { } other
            && (other.Decision, other.TransferId) == (wish.Decision, wish.TransferId)) return new CarryOut(other.Person);
        return said.Any(w => wish.IsOf(w.Person) && (w.Decision, w.TransferId) == (wish.Decision, wish.TransferId))
            ? new NotYours("You have said so before; it needs another person who says the same.") : new AwaitSecond();
    }

    /// <returns>Why a transfer that Stripe shows cannot have paid the payout; null when it can.</returns>
    public static string? Differs(PayoutRecord payout, TransferFacts transfer, string? account, string? paidBy) =>
        paidBy is not null ? $"transfer {transfer.TransferId} is recorded as that of payout {paidBy}"
        : account is null || account != payout.PlayerId
            ? $"transfer {transfer.TransferId} went to {transfer.Destination}, which was not made for player {payout.PlayerId}"
        : transfer.AmountMinor != payout.AmountMinor
            ? $"transfer {transfer.TransferId} has amount {transfer.AmountMinor}, the payout {payout.AmountMinor}"
        : !string.Equals(transfer.Currency, payout.Currency, StringComparison.OrdinalIgnoreCase)
            ? $"transfer {transfer.TransferId} is in {transfer.Currency}, the payout in {payout.Currency}"
        : null;
}
