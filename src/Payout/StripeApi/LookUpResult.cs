using Stripe;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>
/// What looking for something at Stripe came to. That it is not there is said by what Stripe showed whole, and by nothing else.
/// </summary>
public abstract record LookUpResult
{
    private LookUpResult() { }

    /// <summary>Stripe has it.</summary>
    /// <param name="Made">Stripe's object, or what was read of it.</param>
    public sealed record Found(object Made) : LookUpResult;

    /// <summary>Stripe does not have it.</summary>
    public sealed record FoundNone : LookUpResult
    {
        private FoundNone() { }

        /// <summary>A list that was read to its end does not hold it.</summary>
        public static FoundNone In<T>(CompleteList<T> list) where T : class
        {
            ArgumentNullException.ThrowIfNull(list);
            return new FoundNone();
        }

        /// <summary>The object that would be changed was shown, and is not.</summary>
        public static FoundNone Unchanged(StripeEntity shown)
        {
            ArgumentNullException.ThrowIfNull(shown);
            return new FoundNone();
        }
    }

    /// <summary>Something is there that may be it, and that nothing here explains: a person has to say what it is.</summary>
    public sealed record Unexplained(string What) : LookUpResult;

    /// <summary>It could not be found out now. Nothing is known, so that nothing is done but asking again.</summary>
    /// <param name="Reason">Stripe's answer.</param>
    /// <param name="Key">What is wrong with the API key.</param>
    public sealed record AskAgain(string Reason, KeyFault Key = KeyFault.None) : LookUpResult;

    /// <summary>
    /// Every answer but what the look-up itself concluded is a reason to ask again: a refusal says nothing about what is there.
    /// </summary>
    public static LookUpResult Of(StripeAnswer answer) => answer switch
    {
        StripeAnswer.Found { Object: LookUpResult result } => result,
        StripeAnswer.RetryLater busy => new AskAgain(busy.What, busy.Key),
        _ => new AskAgain(answer.Words),
    };
}

/// <summary>For how long a look-up may stay unanswered before a person is told.</summary>
public static class UnansweredLookUp
{
    /// <summary>Since it was asked for the first time without an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>The alert's key.</summary>
    /// <param name="idempotencyKey">Of the request that is looked up.</param>
    public static string AlertKey(string idempotencyKey) => $"look-up-unanswered/{idempotencyKey}";

    /// <param name="since">When it was first asked for without an answer; null: it was answered before.</param>
    public static bool IsTold(DateTimeOffset? since, DateTimeOffset now) => since is { } first && now >= first + Patience;
}
