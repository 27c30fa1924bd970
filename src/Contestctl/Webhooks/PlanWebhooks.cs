using ContestPipeline.Contracts;
using Stripe;

namespace ContestPipeline.Contestctl.Webhooks;

/// <summary>An endpoint as it should be at Stripe.</summary>
/// <param name="Endpoint">One of <see cref="StripeEndpoints"/>.</param>
/// <param name="SecretSetting">The setting that its secret belongs in.</param>
public sealed record WantedEndpoint(
    string Endpoint, string Url, string ApiVersion, IReadOnlyList<string> Events, string SecretSetting);

/// <summary>What is to be done about one endpoint.</summary>
/// <param name="Action"><c>none</c>, <c>create</c>, <c>update</c> or <c>replace</c>: what cannot be changed is left to a
/// person.</param>
/// <param name="EndpointId">At Stripe; null when there is none.</param>
/// <param name="Differences">In words; empty when all is as it should be.</param>
public sealed record WebhookStep(
    string Endpoint, string Url, string Action, string? EndpointId, IReadOnlyList<string> Differences);

/// <summary>Compares the webhook endpoints at Stripe with those that the pipeline needs.</summary>
public static class PlanWebhooks
{
    public const string None = "none";
    public const string Create = "create";
    public const string Update = "update";
    public const string Replace = "replace";

    private const string EveryEvent = "*";

    /// <param name="address">Where Ingestion is reached from outside; the paths are the same everywhere.</param>
    public static IReadOnlyList<WantedEndpoint> Wanted(Uri address, string apiVersion) =>
    [
        new(StripeEndpoints.Platform, Join(address, StripeEndpoints.PlatformPath), apiVersion, StripeEventTypes.Platform,
            "STRIPE_WEBHOOK_SECRETS"),
        new(StripeEndpoints.Connect, Join(address, StripeEndpoints.ConnectPath), apiVersion, StripeEventTypes.Connected,
            "STRIPE_CONNECT_WEBHOOK_SECRETS"),
    ];

    public static WebhookStep Compare(WantedEndpoint wanted, IReadOnlyList<WebhookEndpoint> there)
    {
        var found = there.Where(e => e.Url == wanted.Url).OrderBy(e => e.Id, StringComparer.Ordinal).ToArray();
        if (found.Length == 0)
            return new WebhookStep(wanted.Endpoint, wanted.Url, Create, null, ["there is none at this address"]);
        var one = found[0];
        var lasting = new List<string>();
        if (found.Length > 1)
            lasting.Add(
                $"{found.Length} endpoints have this address ({string.Join(", ", found.Select(e => e.Id))}): every event would "
                    + $"come as often");
        if (one.ApiVersion is not null && one.ApiVersion != wanted.ApiVersion)
            lasting.Add($"it is pinned to version {one.ApiVersion}, not {wanted.ApiVersion}; delete it and run this again");
        var mendable = new List<string>();
        var enabled = one.EnabledEvents ?? [];
        var missing = enabled.Contains(EveryEvent) ? [] : wanted.Events.Except(enabled, StringComparer.Ordinal).ToArray();
        var surplus = enabled.Except(wanted.Events, StringComparer.Ordinal).ToArray();
        if (missing.Length > 0) mendable.Add($"it lacks {string.Join(", ", missing)}");
        if (surplus.Length > 0) mendable.Add($"it also sends {string.Join(", ", surplus)}");
        if (one.Status == "disabled") mendable.Add("it is disabled");
        var action = lasting.Count > 0 ? Replace : mendable.Count > 0 ? Update : None;
        return new WebhookStep(wanted.Endpoint, wanted.Url, action, one.Id, [.. lasting, .. mendable]);
    }

    private static string Join(Uri address, string path) => address.ToString().TrimEnd('/') + path;
}
