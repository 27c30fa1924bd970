using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>Which prize: what one entry won in one revision of its contest.</summary>
public sealed record PrizePlace(string ContestId, int Revision, string EntryId);

/// <summary>The prize of an entry whose fee went back after the contest had taken it.</summary>
/// <param name="NetMinor">What the entry won, less the platform's fee.</param>
/// <param name="FeeMinor">What the entry had cost.</param>
/// <param name="RefundedMinor">What of that went back at the house's cost.</param>
/// <param name="VoidedMinor">What of the prize was taken back already, or is known to be paid.</param>
public sealed record RefundedPrize(
    string ContestId, int Revision, string EntryId, string PlayerId, string Currency, long NetMinor, long FeeMinor,
    long RefundedMinor, long VoidedMinor, int VoidNo)
{
    public PrizePlace Place => new(ContestId, Revision, EntryId);

    /// <summary>Pro rata of the fee, cents in the player's favour: the whole prize only when the whole fee went back.</summary>
    public long ToVoidMinor => Math.Max(0, (long)((Int128)NetMinor * RefundedMinor / FeeMinor) - VoidedMinor);
}

/// <summary>An entry of which something went back at the house's cost.</summary>
/// <param name="IsBeingPosted">The contest's awards are on their way to the ledger.</param>
public sealed record RefundedEntry(string ContestId, string EntryId, bool IsBeingPosted)
{
    /// <summary>Its contest and its id.</summary>
    public string Key => $"{ContestId}/{EntryId}";
}

/// <summary>What a refunded entry's prize leads to.</summary>
public abstract record VoidStep
{
    private VoidStep() { }

    /// <summary>The payout is rejected; what is left of it is a new payout of its own.</summary>
    /// <param name="LeftMinor">0: nothing is left.</param>
    public sealed record Replace(long VoidMinor, long LeftMinor) : VoidStep;

    /// <summary>The prize has been paid, or its payout is a person's matter: tell one.</summary>
    public sealed record Tell(string What) : VoidStep;

    /// <summary>Stripe has been asked for the transfer: first it must be known what came of that.</summary>
    public sealed record Wait : VoidStep;
}

/// <summary>
/// Decides what to do about the prize of a refunded entry. Nobody changes a payout's amount: a smaller one is another payout.
/// </summary>
public static class VoidPrize
{
    /// <param name="attempts">A payout that waits or has failed may have one whose money moved: another in its place would be
    /// paid as well.</param>
    public static VoidStep Decide(
        RefundedPrize prize, PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts) => payout.State switch
    {
        PayoutState.Submitting => new VoidStep.Wait(),
        PayoutState.Paid => new VoidStep.Tell("the prize was paid before the entry was refunded"),
        PayoutState.Reversed =>
            new VoidStep.Tell("the prize was paid, and something was taken back, before the entry was refunded"),
        PayoutState.Rejected => new VoidStep.Tell($"the payout is {payout.State}"),
        _ when attempts.Any(a => a.Outcome == AttemptOutcome.Mismatch) =>
            new VoidStep.Tell("what Stripe says of its payout does not fit"),
        _ when attempts.Any(a => a.Outcome is AttemptOutcome.Open or AttemptOutcome.Paid) => new VoidStep.Wait(),
        _ when prize.ToVoidMinor > payout.AmountMinor =>
            new VoidStep.Tell("the payout is smaller than the prize that is to be taken back"),
        _ => new VoidStep.Replace(prize.ToVoidMinor, payout.AmountMinor - prize.ToVoidMinor),
    };
}
