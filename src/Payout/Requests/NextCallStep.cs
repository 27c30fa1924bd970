using System.Diagnostics;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Payout.Requests;

/// <summary>What a claimed call needs next.</summary>
public abstract record CallStep
{
    private CallStep() { }

    /// <summary>Send it with its key, for the first time or again.</summary>
    public sealed record Send : CallStep;

    /// <summary>Ask Stripe what became of it before anything else.</summary>
    /// <param name="SendWhenAbsent">True: its key is still young, so sending it again cannot do it twice.</param>
    public sealed record LookUp(bool SendWhenAbsent) : CallStep;

    /// <summary>It is known what became of it.</summary>
    public sealed record Close(string State, StripeCallAnswer Answer) : CallStep;

    /// <summary>Nobody knows yet: later.</summary>
    /// <param name="Counts">False: Stripe did not take the request up, so it returns as if it had not been sent; soon, unless the
    /// key may not make it.</param>
    /// <param name="Alerts">True once, when it has been asked for long without an answer.</param>
    /// <param name="IsLookUp">Stripe was asked what became of it, and did not say: nothing is sent before it does.</param>
    public sealed record Later(string What, bool Counts, TimeSpan Pause, bool Alerts, bool IsLookUp = false) : CallStep;

    /// <summary>Something that must not be repaired by a machine.</summary>
    public sealed record Hold(string Reason) : CallStep;
}

/// <summary>Decides the next step of a call from what is stored and from what Stripe said. No clock, no database.</summary>
public static class NextCallStep
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);

    public static CallStep Before(OpenCall call, DateTimeOffset now, PayoutPolicy policy)
    {
        if (OpenCall.HashOf(call.Body) != call.BodyHash) return new CallStep.Hold("the parameters of the call have changed");
        if (now >= call.FirstUsedAt + policy.KeyUsable || call.IsRefusedAgain) return new CallStep.LookUp(SendWhenAbsent: false);
        var looksFirst = call.LooksFirst || now >= call.CreatedAt + policy.LooksFirstAfter || call.AnsweredByServerError
            || call.LookUpSince is not null;
        return looksFirst ? new CallStep.LookUp(SendWhenAbsent: true) : new CallStep.Send();
    }

    public static CallStep AfterSending(OpenCall call, StripeAnswer answer, PayoutPolicy policy) => answer switch
    {
        StripeAnswer.Found found =>
            new CallStep.Close(CallState.Done, new StripeCallAnswer.Success(found.Object!, Adopted: false)),
        StripeAnswer.Refused or StripeAnswer.InsufficientFunds or StripeAnswer.AccountNotReady when call.MayHaveBeenSent =>
            Again(call, LastAnswers.RefusedAgainPrefix + answer.Words, policy),
        StripeAnswer.Refused refused => Refused(refused.Code, refused.What),
        StripeAnswer.InsufficientFunds unfunded => Refused("balance_insufficient", unfunded.What),
        StripeAnswer.AccountNotReady notReady => Refused("account", notReady.What),
        StripeAnswer.KeyConflict conflict => new CallStep.Hold(conflict.What),
        _ => Unsure(call, answer, policy),
    };

    /// <param name="sendWhenAbsent">As in <see cref="CallStep.LookUp"/>.</param>
    public static CallStep AfterLookUp(
        OpenCall call, LookUpResult found, bool sendWhenAbsent, PayoutPolicy policy) => found switch
    {
        LookUpResult.Found { Made: var made } =>
            new CallStep.Close(CallState.Done, new StripeCallAnswer.Success(made, Adopted: true)),
        LookUpResult.FoundNone when sendWhenAbsent => new CallStep.Send(),
        LookUpResult.FoundNone =>
            new CallStep.Close(
                CallState.Gone, new StripeCallAnswer.Gone("Stripe knows nothing of the call, and its key is not used again")),
        LookUpResult.Unexplained unexplained => new CallStep.Hold(unexplained.What),
        LookUpResult.AskAgain { Key: KeyFault.NotAllowed } again =>
            new CallStep.Later(again.Reason, false, policy.Pause(1, call.Key), false, IsLookUp: true),
        LookUpResult.AskAgain again => Again(call, again.Reason, policy) with { IsLookUp = true },
        _ => throw new UnreachableException(),
    };

    private static CallStep.Close Refused(string? code, string what) =>
        new(CallState.Refused, new StripeCallAnswer.Refused(code, what));

    private static CallStep.Later Unsure(OpenCall call, StripeAnswer answer, PayoutPolicy policy) => answer switch
    {
        StripeAnswer.RetryLater { Key: KeyFault.NotAllowed } busy =>
            new CallStep.Later(busy.What, false, policy.Pause(1, call.Key), false),
        StripeAnswer.RetryLater busy => new CallStep.Later(busy.What, false, Soon(call, policy), false),
        StripeAnswer.Unknown unknown => Again(call, unknown.What, policy),
        _ => throw new UnreachableException(),
    };

    private static CallStep.Later Again(OpenCall call, string what, PayoutPolicy policy)
    {
        var answers = call.UnknownAnswers + 1;
        return new CallStep.Later(what, true, policy.Pause(answers, call.Key), answers == policy.Retries.Count + 1);
    }

    private static TimeSpan Soon(OpenCall call, PayoutPolicy policy)
    {
        var shortest = policy.Pause(1, call.Key);
        var soon = s_soon * (shortest / policy.Retries[0]);
        return soon < shortest ? soon : shortest;
    }
}
