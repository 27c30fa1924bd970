namespace ContestPipeline.StripeSimulator.Core;

/// <summary>An address to which events are sent.</summary>
/// <param name="Connect">True for the events of connected accounts instead of the platform's own.</param>
public sealed record SimWebhookEndpoint(
    string Id, long Created, string Url, bool Connect, IReadOnlyList<string> EnabledEvents, string Secret,
    IReadOnlyDictionary<string, string> Metadata)
{
    public string? ApiVersion { get; init; }

    public string? Description { get; init; }

    public bool IsDisabled { get; init; }

    /// <summary>The secret before the last roll, valid a while longer.</summary>
    public string? PreviousSecret { get; init; }

    public long PreviousSecretUntil { get; init; }

    public bool Wants(SimEvent happened) =>
        !IsDisabled && Connect == happened.Account is not null
        && (EnabledEvents.Contains("*", StringComparer.Ordinal) || EnabledEvents.Contains(happened.Type, StringComparer.Ordinal));

    public IReadOnlyList<string> Secrets(long now) =>
        PreviousSecret is { } previous && now < PreviousSecretUntil ? [Secret, previous] : [Secret];

    public SortedDictionary<string, object?> ToStripe(bool withSecret)
    {
        var body = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = Id,
            ["object"] = "webhook_endpoint",
            ["api_version"] = ApiVersion,
            ["application"] = null,
            ["created"] = Created,
            ["description"] = Description,
            ["enabled_events"] = EnabledEvents,
            ["livemode"] = false,
            ["metadata"] = Metadata,
            ["status"] = IsDisabled ? "disabled" : "enabled",
            ["url"] = Url,
        };
        if (withSecret) body["secret"] = Secret;
        return body;
    }
}
