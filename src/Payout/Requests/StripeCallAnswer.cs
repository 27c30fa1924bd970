namespace ContestPipeline.Payout.Requests;

/// <summary>What became of a call, once that is certain.</summary>
public abstract record StripeCallAnswer
{
    private StripeCallAnswer() { }

    /// <summary>Done.</summary>
    /// <param name="Made">Stripe's object, as Stripe showed it.</param>
    /// <param name="Adopted">It was found at Stripe; no answer told us.</param>
    public sealed record Success(object Made, bool Adopted) : StripeCallAnswer;

    /// <summary>Nothing was done and nothing will be under this key.</summary>
    /// <param name="Code">Stripe's error code, an open set; null when it gave none.</param>
    public sealed record Refused(string? Code, string What) : StripeCallAnswer;

    /// <summary>Nothing was done, and the key is too old to be used again: the same wish needs a new key.</summary>
    public sealed record Gone(string What) : StripeCallAnswer;
}
