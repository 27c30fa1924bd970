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
    /// <param name="Of">What was wrong.</param>
    public sealed record Refused(string? Code, string What, RefusalOf Of = RefusalOf.Request) : StripeCallAnswer;

    /// <summary>Nothing was done, and the key is too old to be used again: the same wish needs a new key.</summary>
    public sealed record Gone(string What) : StripeCallAnswer;
}

/// <summary>What was wrong with a request that Stripe refused.</summary>
public enum RefusalOf
{
    /// <summary>The request itself.</summary>
    Request,

    /// <summary>The balance is too small.</summary>
    Funds,

    /// <summary>The connected account cannot receive or give now.</summary>
    Account,
}
