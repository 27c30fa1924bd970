namespace ContestPipeline.Payout.StripeApi;

/// <summary>What the last answer of Stripe to a key, as it is stored for people, says to the protocol.</summary>
public static class LastAnswers
{
    /// <summary>Begins what is stored of an answer whose status is 500 or above.</summary>
    public const string ServerErrorPrefix = "http 5";

    /// <summary>Begins what is stored when a key was refused that had been sent before.</summary>
    public const string RefusedAgainPrefix = "refused when it was sent again: ";

    /// <summary>
    /// Stripe refuses before it looks at the key, so that the refusal says nothing of the first time: that money did not move
    /// only a look-up can tell.
    /// </summary>
    public static bool IsRefusedAgain(string? lastAnswer) =>
        lastAnswer is not null && lastAnswer.StartsWith(RefusedAgainPrefix, StringComparison.Ordinal);

    /// <summary>Stripe replays a stored 5xx for as long as it keeps the key: looking is the only way to learn more.</summary>
    public static bool IsServerError(string? lastAnswer) =>
        lastAnswer is not null && lastAnswer.StartsWith(ServerErrorPrefix, StringComparison.Ordinal);
}
