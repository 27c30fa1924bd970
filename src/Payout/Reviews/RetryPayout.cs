using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reviews;

/// <summary>Whether a person may send a failed payout again.</summary>
public abstract record RetryAnswer
{
    private RetryAnswer() { }

    /// <param name="AfterAttemptNo">Refusals up to this attempt count no more.</param>
    public sealed record Go(int AfterAttemptNo) : RetryAnswer;

    /// <param name="Why">For the person.</param>
    public sealed record No(string Why) : RetryAnswer;
}

/// <summary>
/// Decides about a retry: only a payout that has failed, and only when it is certain that Stripe moved nothing.
/// </summary>
public static class RetryPayout
{
    /// <param name="attempts">All of them, in order.</param>
    public static RetryAnswer Decide(PayoutRecord payout, IReadOnlyList<PayoutAttempt> attempts)
    {
        if (payout.State != PayoutState.Failed)
            return new RetryAnswer.No($"the payout is {payout.State.Word()}; only one that has failed can be sent again");
        if (PayoutSource.IsWithdrawal(payout.ContestId))
            return new RetryAnswer.No("the withdrawal is back in the wallet; the player may ask for another one");
        if (attempts.FirstOrDefault(a => a.Outcome is AttemptOutcome.Open or AttemptOutcome.Paid or AttemptOutcome.Mismatch)
            is { } unsure)
            return new RetryAnswer.No($"attempt {unsure.AttemptNo} is {unsure.Outcome.Word()}: its money may have moved");
        if (attempts.Count == 0 || attempts[^1] is not { Outcome: AttemptOutcome.Refused or AttemptOutcome.Account } last)
            return new RetryAnswer.No("the last attempt was not definitely refused by Stripe");
        return new RetryAnswer.Go(last.AttemptNo);
    }
}
