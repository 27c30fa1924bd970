using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Payout.Sending;

/// <summary>What a payout needs next. The runner performs exactly one of these, stores the result and asks again.</summary>
public abstract record PayoutStep
{
    private PayoutStep() { }

    /// <summary>The payout is at rest: paid, failed, rejected or held.</summary>
    public sealed record Rest : PayoutStep;

    public sealed record Wait(DateTimeOffset Until) : PayoutStep;

    public sealed record AwaitAccount(string Reason) : PayoutStep;

    /// <summary>An event hinted at a change, or the last look is old: read the account from Stripe again.</summary>
    /// <param name="Hints">That the reading will cover.</param>
    public sealed record ReadAccount(string AccountId, long Hints) : PayoutStep;

    /// <summary>Commit the intent: a new attempt with a key of its own.</summary>
    /// <param name="LooksSince">Stripe is asked before the first sending whether it has the transfer, made at that moment (UTC)
    /// or later; null: it is sent at once.</param>
    public sealed record Begin(PayoutAttempt Attempt, DateTimeOffset? LooksSince) : PayoutStep;

    /// <summary>Call Stripe with the attempt's key, for the first time or again.</summary>
    public sealed record Send(PayoutAttempt Attempt) : PayoutStep;

    /// <summary>Ask Stripe what it did with an attempt before anything else.</summary>
    /// <param name="SendWhenAbsent">True: its key is still young, so sending it again cannot pay twice. False: the attempt ends
    /// as absent.</param>
    /// <param name="Since">By Stripe's clock: a transfer made earlier cannot be of this payout.</param>
    public sealed record LookUp(PayoutAttempt Attempt, bool SendWhenAbsent, DateTimeOffset Since) : PayoutStep;

    /// <summary>
    /// The books may lack its transfer and it cannot be sent now: Stripe is asked whether there is one, and nothing is sent.
    /// </summary>
    /// <param name="Attempt">Under which the look is kept: it ends as paid or as absent.</param>
    /// <param name="Since">As of <see cref="LookUp"/>.</param>
    public sealed record Seek(PayoutAttempt Attempt, DateTimeOffset Since) : PayoutStep;

    public sealed record Fail(string Reason) : PayoutStep;

    /// <summary>Something that must not be repaired by a machine.</summary>
    public sealed record Hold(string Reason) : PayoutStep;
}

/// <summary>
/// Decides the next step of a payout from what is stored. No clock, no database: a restart resumes by asking again.
/// </summary>
public static class NextPayoutStep
{
    /// <param name="attempts">All of them, in order.</param>
    /// <param name="account">The player's Stripe account; null when none is known.</param>
    /// <param name="owedSince">When the contest was settled.</param>
    /// <param name="isRecovering">The books went back in time: everything is looked up first.</param>
    /// <param name="isHalted">An operator has stopped it: what was asked before is looked up and not sent again.</param>
    /// <param name="forgivenUpTo">Refusals up to this attempt count no more: a person sent the payout again.</param>
    /// <param name="mayHaveGone">The books went back, and Stripe was not asked about this payout since.</param>
    public static PayoutStep Decide(
        PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts, PayoutAccount? account, DateTimeOffset now,
        PayoutPolicy policy, DateTimeOffset owedSince, bool isRecovering = false, int forgivenUpTo = 0,
        bool isHalted = false, bool mayHaveGone = false)
    {
        var looksFirst = NextRequestStep.LooksFirst(owedSince, isRecovering, now, policy);
        if (payout.State.IsTerminal()) return new PayoutStep.Rest();
        var last = attempts.Count == 0 ? null : attempts[^1];
        if (payout.State == PayoutState.Held)
            return mayHaveGone && account is not null ? Seek(payout, attempts, account, owedSince, now) : new PayoutStep.Rest();
        if (attempts.Any(a => a.Outcome is AttemptOutcome.Paid))
            return new PayoutStep.Hold("an attempt is paid, the payout is not");
        if (last?.Outcome is AttemptOutcome.Mismatch)
            return new PayoutStep.Hold(last.LastAnswer ?? "Stripe answered with another transfer");
        if (last?.Outcome is AttemptOutcome.Open)
            return Resume(payout, last, Since(attempts[0], owedSince, looksFirst), now, policy, looksFirst || isHalted);

        var counted = attempts.Where(a => a.AttemptNo > forgivenUpTo).ToArray();
        if (counted.Count(a => a.Outcome is AttemptOutcome.Refused || IsRefusedThoughReady(a, account)) > policy.Retries.Count)
            return new PayoutStep.Fail(last?.LastAnswer ?? "refused");
        if (account is null) return new PayoutStep.AwaitAccount("the player has no Stripe account");
        if (account.Stale || !account.IsReady && now >= account.ReadAt + policy.AccountSweep)
            return new PayoutStep.ReadAccount(account.AccountId, account.Hints);
        if (!account.IsReady && mayHaveGone) return Seek(payout, attempts, account, owedSince, now);
        if (!account.IsReady)
            return new PayoutStep.AwaitAccount($"transfers of account {account.AccountId} are {account.Transfers}");
        if (counted.Length > 0 && DueAfter(payout, counted, counted[^1], policy) is { } due && now < due)
            return new PayoutStep.Wait(due);

        var attempt = Next(payout, attempts, account, now);
        return new PayoutStep.Begin(
            attempt, looksFirst ? Since(attempts.Count > 0 ? attempts[0] : attempt, owedSince, looksFirst) : null);
    }

    private static PayoutAttempt Next(
        PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts, PayoutAccount account, DateTimeOffset now) => new(
        payout.PayoutId, attempts.Count + 1, $"payout/{payout.PayoutId}/a{attempts.Count + 1}",
        payout.ParameterHash(account.AccountId), account.AccountId, now, AttemptOutcome.Open, 0, null, null);

    /// <summary>
    /// One that is held, or whose account is not ready, is not sent; but its transfer may have been made by what is lost. A look
    /// that was begun goes on; one that a person has to decide about is left alone.
    /// </summary>
    private static PayoutStep Seek(
        PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts, PayoutAccount account, DateTimeOffset owedSince,
        DateTimeOffset now)
    {
        if (attempts.Any(a => a.Outcome is AttemptOutcome.Paid or AttemptOutcome.Mismatch)) return new PayoutStep.Rest();
        var since = Since(attempts.Count > 0 ? attempts[0] : Next(payout, attempts, account, now), owedSince, looksFirst: true);
        return attempts.Count > 0 && attempts[^1] is { Outcome: AttemptOutcome.Open } open
            ? new PayoutStep.LookUp(open, SendWhenAbsent: false, since)
            : new PayoutStep.Seek(Next(payout, attempts, account, now), since);
    }

    /// <summary>
    /// Stripe refused the account, it was read again - the refusal itself hints at it, so that one not stale was read since - and
    /// shows itself ready all the same: the account cannot be waited for.
    /// </summary>
    private static bool IsRefusedThoughReady(PayoutAttempt attempt, PayoutAccount? account) =>
        attempt.Outcome is AttemptOutcome.Account && account is { IsReady: true, Stale: false }
            && attempt.Destination == account.AccountId;

    /// <summary>
    /// An attempt without an answer comes before anything else, even before the state of the account: its money may have moved.
    /// </summary>
    private static PayoutStep Resume(
        PayoutRecord payout, PayoutAttempt open, DateTimeOffset since, DateTimeOffset now, PayoutPolicy policy, bool looksFirst)
    {
        var fault = open.ParameterHash == payout.ParameterHash(open.Destination)
            ? null : "the parameters of the open attempt have changed";
        return NextRequestStep.Before(open.Use(mayHaveBeenSent: true), looksFirst, fault, now, policy) switch
        {
            RequestStep.Hold hold => new PayoutStep.Hold(hold.Reason),
            RequestStep.LookUp lookUp => new PayoutStep.LookUp(open, lookUp.SendWhenAbsent, since),
            RequestStep.Send => new PayoutStep.Send(open),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>
    /// Since when a transfer may have been made: of what is looked up first, since it is owed; attempts before those that are
    /// stored may be lost.
    /// </summary>
    private static DateTimeOffset Since(PayoutAttempt first, DateTimeOffset owedSince, bool looksFirst) =>
        (looksFirst && owedSince < first.FirstUsedAt ? owedSince : first.FirstUsedAt) - FindTransfer.ClocksDiffer;

    /// <returns>Null: at once.</returns>
    private static DateTimeOffset? DueAfter(
        PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts, PayoutAttempt last, PayoutPolicy policy) =>
        last.Outcome switch
        {
            AttemptOutcome.Absent => null,
            AttemptOutcome.Unfunded => last.ClosedAt + policy.Pause(1, payout.PayoutId),
            _ => last.ClosedAt + policy.Pause(attempts.Count(a => a.Outcome == last.Outcome), payout.PayoutId),
        };
}
