using System.Diagnostics;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Payout.Requests;

/// <summary>What a request to Stripe, made under one idempotency key, needs next.</summary>
public abstract record RequestStep
{
    private RequestStep() { }

    /// <summary>Send it with its key, for the first time or again.</summary>
    public sealed record Send : RequestStep;

    /// <summary>Ask Stripe what became of it before anything else.</summary>
    /// <param name="SendWhenAbsent">True: its key is still young, so sending it again cannot do it twice.</param>
    public sealed record LookUp(bool SendWhenAbsent) : RequestStep;

    /// <summary>It is known what became of it.</summary>
    public sealed record Close(StripeCallAnswer Answer) : RequestStep;

    /// <summary>Nobody knows yet: later.</summary>
    /// <param name="Counts">False: Stripe did not take the request up, so it returns as if it had not been sent.</param>
    /// <param name="Alerts">True once, when it has been asked for long without an answer.</param>
    /// <param name="IsLookUp">Stripe was asked what became of it, and did not say: nothing is sent before it does.</param>
    public sealed record Later(string What, bool Counts, TimeSpan Pause, bool Alerts, bool IsLookUp = false) : RequestStep;

    /// <summary>Something that must not be repaired by a machine.</summary>
    public sealed record Hold(string Reason) : RequestStep;
}

/// <summary>An idempotency key as it is stored: all that the protocol decides by, whatever is asked for under it.</summary>
/// <param name="Id">What the pauses are spread by.</param>
/// <param name="FirstUsedAt">Stripe cannot have seen the key earlier.</param>
/// <param name="MayHaveBeenSent">It may have been sent before the present time, whatever came of that.</param>
/// <param name="UnknownAnswers">How often it was sent or looked up without learning what became of it.</param>
/// <param name="LookUpSince">When Stripe was first asked without an answer what became of it; null: it was not, or has
/// answered.</param>
/// <param name="PausesByAnswers">What follows when the API key may not make the request, or not look. False: the first pause,
/// and nothing counts. True: the pause grows with the answers so far, and a look-up counts as one.</param>
public sealed record KeyUse(
    string Id, DateTimeOffset FirstUsedAt, bool MayHaveBeenSent, int UnknownAnswers, string? LastAnswer,
    DateTimeOffset? LookUpSince, bool PausesByAnswers = false)
{
    /// <inheritdoc cref="LastAnswers.IsServerError"/>
    public bool AnsweredByServerError => UnknownAnswers > 0 && LastAnswers.IsServerError(LastAnswer);

    /// <returns>After this moment it is not sent: Stripe may forget the key, or the lease may not cover the answer.</returns>
    public DateTimeOffset SendBefore(DateTimeOffset leaseUntil, PayoutOptions options)
    {
        var keyUsableUntil = FirstUsedAt + options.Policy.KeyUsable;
        var leaseUsableUntil = leaseUntil.AddSeconds(-options.StripeTimeoutSeconds);
        return keyUsableUntil < leaseUsableUntil ? keyUsableUntil : leaseUsableUntil;
    }
}

/// <summary>
/// Send again, look up, or close: decides the next step of every request that changes something at Stripe, a transfer too, from
/// what is stored and from what Stripe said. No clock, no database.
/// </summary>
public static class NextRequestStep
{
    /// <param name="wantedSince">When what is asked for was first owed.</param>
    /// <param name="isRecovering">The books went back in time.</param>
    /// <returns>True: it may have been sent under keys that are not stored here, so each sending begins with a look-up.</returns>
    public static bool LooksFirst(DateTimeOffset wantedSince, bool isRecovering, DateTimeOffset now, PayoutPolicy policy) =>
        isRecovering || now >= wantedSince + policy.LooksFirstAfter;

    /// <param name="looksFirst">As <see cref="LooksFirst"/> says, or because an operator has stopped it.</param>
    /// <param name="fault">What does not fit in what is stored; null: nothing.</param>
    public static RequestStep Before(KeyUse key, bool looksFirst, string? fault, DateTimeOffset now, PayoutPolicy policy)
    {
        if (fault is not null) return new RequestStep.Hold(fault);
        if (now >= key.FirstUsedAt + policy.KeyUsable || LastAnswers.IsRefusedAgain(key.LastAnswer))
            return new RequestStep.LookUp(SendWhenAbsent: false);
        return looksFirst || key.AnsweredByServerError || key.LookUpSince is not null
            ? new RequestStep.LookUp(SendWhenAbsent: true) : new RequestStep.Send();
    }

    public static RequestStep AfterSending(KeyUse key, StripeAnswer answer, PayoutPolicy policy) => answer switch
    {
        StripeAnswer.Found found => new RequestStep.Close(new StripeCallAnswer.Success(found.Object!, Adopted: false)),
        StripeAnswer.Refused or StripeAnswer.InsufficientFunds or StripeAnswer.AccountNotReady when key.MayHaveBeenSent =>
            Again(key, LastAnswers.RefusedAgainPrefix + answer.Words, policy),
        StripeAnswer.Refused refused => Refused(refused.Code, refused.What, RefusalOf.Request),
        StripeAnswer.InsufficientFunds unfunded => Refused("balance_insufficient", unfunded.What, RefusalOf.Funds),
        StripeAnswer.AccountNotReady notReady => Refused("account", notReady.What, RefusalOf.Account),
        StripeAnswer.KeyConflict conflict => new RequestStep.Hold(conflict.What),
        StripeAnswer.RetryLater { Key: KeyFault.NotAllowed } busy =>
            new RequestStep.Later(
                busy.What, false, policy.Pause(key.PausesByAnswers ? key.UnknownAnswers + 1 : 1, key.Id), false),
        StripeAnswer.RetryLater busy => new RequestStep.Later(busy.What, false, policy.SoonPause(key.Id), false),
        StripeAnswer.Unknown unknown => Again(key, unknown.What, policy),
        _ => throw new UnreachableException(),
    };

    /// <param name="sendWhenAbsent">As in <see cref="RequestStep.LookUp"/>.</param>
    public static RequestStep AfterLookUp(
        KeyUse key, LookUpResult found, bool sendWhenAbsent, PayoutPolicy policy) => found switch
    {
        LookUpResult.Found { Made: var made } => new RequestStep.Close(new StripeCallAnswer.Success(made, Adopted: true)),
        LookUpResult.FoundNone when sendWhenAbsent => new RequestStep.Send(),
        LookUpResult.FoundNone => new RequestStep.Close(
            new StripeCallAnswer.Gone("Stripe knows nothing of the call, and its key is not used again")),
        LookUpResult.Unexplained unexplained => new RequestStep.Hold(unexplained.What),
        LookUpResult.AskAgain { Key: KeyFault.NotAllowed } again when !key.PausesByAnswers =>
            new RequestStep.Later(again.Reason, false, policy.Pause(1, key.Id), false, IsLookUp: true),
        LookUpResult.AskAgain again => Again(key, again.Reason, policy) with { IsLookUp = true },
        _ => throw new UnreachableException(),
    };

    private static RequestStep.Close Refused(string? code, string what, RefusalOf of) =>
        new(new StripeCallAnswer.Refused(code, what, of));

    private static RequestStep.Later Again(KeyUse key, string what, PayoutPolicy policy)
    {
        var answers = key.UnknownAnswers + 1;
        return new RequestStep.Later(what, true, policy.Pause(answers, key.Id), answers == policy.Retries.Count + 1);
    }
}
