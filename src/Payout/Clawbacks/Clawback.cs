using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>
/// What is to be taken back of one prize, for one reason: a refunded fee, a lost dispute, a corrected result. Here is what the
/// reasons differ in; decision and consequences are the same for all.
/// </summary>
public interface IClawback
{
    PrizePlace Prize { get; }

    string PlayerId { get; }

    /// <summary>In minor units; 0 or less: nothing.</summary>
    long WantedMinor { get; }

    /// <summary>How many times something of the prize was voided or told of.</summary>
    int VoidNo { get; }

    /// <summary>
    /// True: what was paid is asked back, and a payout that is smaller than wanted gives what it has. False: only a prize that is
    /// unpaid, and whole, is taken back; everything else is a person's matter.
    /// </summary>
    bool ReversesPaid { get; }

    /// <summary>The lost dispute that is the reason; null: another reason.</summary>
    string? DisputeId { get; }

    /// <summary>Under which the voided part is stored.</summary>
    string VoidOutcome { get; }

    /// <summary>Under which it stands in the audit log.</summary>
    string AuditAction { get; }

    /// <returns>Why the payout is rejected, for people.</returns>
    string Why(long voidMinor);
}

/// <summary>What becomes of a clawback.</summary>
public abstract record ClawbackStep
{
    private ClawbackStep() { }

    /// <summary>The payout is rejected; what is left of it is a new payout of its own.</summary>
    /// <param name="LeftMinor">0: nothing is left.</param>
    public sealed record Replace(long VoidMinor, long LeftMinor) : ClawbackStep;

    /// <summary>It was paid: so much of it is asked back, as far as the player's account holds it.</summary>
    public sealed record TakeBack(string PayoutId, long AmountMinor) : ClawbackStep;

    /// <summary>
    /// Stripe has been asked for the transfer, or to take something back: first it must be known what came of that.
    /// </summary>
    public sealed record Wait : ClawbackStep;

    /// <summary>A person's matter.</summary>
    public sealed record Tell(string What) : ClawbackStep;

    /// <summary>There is nothing left to take back.</summary>
    public sealed record Nothing : ClawbackStep;
}

/// <summary>
/// Decides what to do about a prize that is to go back. Nobody changes a payout's amount: a smaller one is another payout.
/// </summary>
public static class DecideClawback
{
    /// <param name="payout">The one that stands for what the player won in the contest.</param>
    /// <param name="attempts">A payout that waits or has failed may have one whose money moved: another in its place would be
    /// paid as well.</param>
    /// <param name="reversedMinor">What was taken back of the payout before; unused unless
    /// <see cref="IClawback.ReversesPaid"/>.</param>
    public static ClawbackStep Decide(
        IClawback wanted, PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts, long reversedMinor)
    {
        if (wanted.WantedMinor <= 0) return new ClawbackStep.Nothing();
        if (AtAnEnd(wanted, payout, reversedMinor) is { } end) return end;
        if (payout.State == PayoutState.Submitting && !wanted.ReversesPaid) return new ClawbackStep.Wait();
        if (attempts.Any(a => a.Outcome == AttemptOutcome.Mismatch))
            return new ClawbackStep.Tell("what Stripe says of its payout does not fit");
        if (attempts.Any(a => a.Outcome is AttemptOutcome.Open or AttemptOutcome.Paid)) return new ClawbackStep.Wait();
        if (!wanted.ReversesPaid && wanted.WantedMinor > payout.AmountMinor)
            return new ClawbackStep.Tell("the payout is smaller than the prize that is to be taken back");
        var voidMinor = Math.Min(wanted.WantedMinor, payout.AmountMinor);
        return new ClawbackStep.Replace(voidMinor, payout.AmountMinor - voidMinor);
    }

    /// <returns>Null: the payout was neither paid nor rejected.</returns>
    private static ClawbackStep? AtAnEnd(IClawback wanted, PayoutRecord payout, long reversedMinor)
    {
        var unreversedMinor = Math.Min(wanted.WantedMinor, payout.AmountMinor - reversedMinor);
        return (payout.State, wanted.ReversesPaid) switch
        {
            (PayoutState.Paid or PayoutState.Reversed, true) when unreversedMinor > 0 =>
                new ClawbackStep.TakeBack(payout.PayoutId, unreversedMinor),
            (PayoutState.Paid or PayoutState.Reversed or PayoutState.Rejected, true) => new ClawbackStep.Nothing(),
            (PayoutState.Paid, false) => new ClawbackStep.Tell("the prize was paid before the entry was refunded"),
            (PayoutState.Reversed, false) =>
                new ClawbackStep.Tell("the prize was paid, and something was taken back, before the entry was refunded"),
            (PayoutState.Rejected, false) => new ClawbackStep.Tell($"the payout is {payout.State.Word()}"),
            _ => null,
        };
    }
}

/// <summary>Takes back what is unpaid: the same for every reason.</summary>
public static class UnpaidPrizes
{
    /// <param name="payout">Locked, with its contest and its player.</param>
    /// <returns>Wait also while money is being recovered and the payout may have gone, and while Stripe has not answered what
    /// else it takes back from the player.</returns>
    public static async Task<ClawbackStep> Decide(IClawback wanted, PayoutRecord payout, Tx tx)
    {
        var step = DecideClawback.Decide(wanted, payout, await tx.Attempts(payout.PayoutId),
            wanted.ReversesPaid ? await tx.ReversedMinor(payout.PayoutId) : 0);
        var waits = step switch
        {
            ClawbackStep.TakeBack => await tx.IsBeingTakenBack(wanted.PlayerId, butFor: wanted.DisputeId),
            ClawbackStep.Replace => await tx.MayHaveGone(payout.PayoutId),
            _ => false,
        };
        return waits ? new ClawbackStep.Wait() : step;
    }

    /// <summary>The payout is rejected, what is left of it derived, and the voided part stored, audited and posted.</summary>
    /// <param name="lines">Where the voided part goes in the ledger.</param>
    public static async Task Replace(
        IClawback wanted, LockedPayout locked, ClawbackStep.Replace replace, IReadOnlyList<LedgerLine> lines, Tx tx)
    {
        var (contest, payout) = locked;
        var (prize, voidNo, why) = (wanted.Prize, wanted.VoidNo + 1, wanted.Why(replace.VoidMinor));
        if (replace.LeftMinor > 0) contest = await Derive(contest, payout, replace.LeftMinor, voidNo, tx);
        await tx.ChangePayout(contest, payout, PayoutState.Rejected, why);
        await tx.InsertVoid(prize, voidNo, payout.PayoutId, replace.VoidMinor, wanted.VoidOutcome);
        await tx.Post(lines);
        await tx.Audit(new AuditEntry(
            "system", wanted.AuditAction, prize.EntryId, prize.ContestId, wanted.PlayerId, payout.PayoutId, why,
            $"left {replace.LeftMinor}"));
    }

    /// <summary>What holds the payout holds the one derived from it.</summary>
    private static async Task<PayingContest> Derive(
        PayingContest contest, PayoutRecord payout, long leftMinor, int voidNo, Tx tx)
    {
        var words = $"payout/{payout.ContestId}/{payout.Revision}/{payout.PlayerId}/reduced/{payout.PayoutId}/{voidNo}";
        var payoutId = DeterministicId.From(words).ToString("D");
        var derived = payout with
        {
            PayoutId = payoutId, AmountMinor = leftMinor, State = PayoutState.Pending, Reason = null,
            ChangeNo = (await tx.FirstChangeNos(payout.ContestId, [payoutId]))(payoutId), Fence = 0, LeaseUntil = null,
        };
        contest = contest with { PayoutsOpen = contest.PayoutsOpen + 1 };
        await tx.UpdateContest(contest);
        await tx.InsertDerived(derived, payout.PayoutId);
        await tx.InsertChange(derived.PayoutId, derived.ChangeNo, PayoutState.Pending, null, null);
        tx.Send(new PayoutChangedV1(
            derived.PayoutId, derived.ChangeNo, derived.ContestId, derived.Revision, derived.PlayerId, leftMinor,
            derived.Currency, PayoutStates.Pending, $"in place of payout {payout.PayoutId}", null, tx.Now));
        var open = await tx.OpenHolds(payout.PayoutId);
        foreach (var hold in open) await tx.InsertHold(derived.PayoutId, hold.Cause, hold.Reference, hold.Reason);
        if (open.Count > 0) await tx.ShowHolds(contest, derived);
        return contest;
    }
}
