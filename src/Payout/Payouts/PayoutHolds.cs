using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Payouts;

/// <summary>Why a payout can be held; several causes may hold the same payout.</summary>
public static class HoldCause
{
    public const string Dispute = "dispute";
    public const string Approval = "approval";
    public const string Limit = "limit";
    public const string Manual = "manual";

    /// <summary>What we know and what Stripe says do not fit: no reviewer can release it, because money may have moved.</summary>
    public const string Mismatch = "mismatch";
}

/// <summary>One reason for which a payout is held, or was.</summary>
/// <param name="Reference">Within the cause: the dispute's id, the number of the assessment.</param>
public sealed record PayoutHold(
    string PayoutId, string Cause, string Reference, string Reason, DateTimeOffset Since, DateTimeOffset? ReleasedAt,
    string? ReleasedBy)
{
    /// <summary>The reference of a hold that a halt made begins with it; the halt's number follows.</summary>
    public const string HaltPrefix = "halt/";

    /// <summary>It ends when the halt is lifted, and in no other way.</summary>
    public bool IsOfHalt => Cause == HoldCause.Manual && Reference.StartsWith(HaltPrefix, StringComparison.Ordinal);
}

/// <summary>
/// Holds payouts and lets them go. Contest, player and payout are locked by the caller (<see cref="HoldSql.LockPayout"/>).
/// </summary>
public static class PayoutHolds
{
    /// <summary>
    /// A payout that Stripe has been asked for keeps its state until Stripe's answer is known; the hold then stops the next
    /// attempt. One that is paid, failed or rejected is left alone. The same cause and reference hold once.
    /// </summary>
    /// <returns>False when the hold was there before or the payout is over.</returns>
    public static async Task<bool> Hold(
        this Tx tx, PayingContest contest, PayoutRecord payout, string cause, string reference, string reason)
    {
        if (payout.State.IsTerminal()) return false;
        if (!await tx.InsertHold(payout.PayoutId, cause, reference, reason)) return false;
        if (payout.State != PayoutState.Submitting) await tx.ShowHolds(contest, payout);
        return true;
    }

    /// <summary>The payout goes on by itself when this was the last hold.</summary>
    /// <returns>False when there was no such open hold.</returns>
    public static async Task<bool> ReleaseHold(
        this Tx tx, PayingContest contest, PayoutRecord payout, string cause, string reference, string by)
    {
        if (!await tx.CloseHold(payout.PayoutId, cause, reference, by)) return false;
        if (payout.State == PayoutState.Held) await tx.ShowHolds(contest, payout);
        return true;
    }

    /// <summary>Held with every open reason, or pending and due when none is left.</summary>
    public static async Task ShowHolds(this Tx tx, PayingContest contest, PayoutRecord payout)
    {
        var open = await tx.OpenHolds(payout.PayoutId);
        if (open.Count > 0) await tx.ChangePayout(contest, payout, PayoutState.Held, Words(open));
        else await tx.ChangePayout(contest, payout, PayoutState.Pending, dueAt: tx.Now);
    }

    public static string Words(IReadOnlyList<PayoutHold> open) => string.Join("; ", open.Select(h => h.Reason));
}
