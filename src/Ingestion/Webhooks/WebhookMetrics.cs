using System.Diagnostics;
using System.Diagnostics.Metrics;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion;

/// <summary>What the webhook endpoint measures.</summary>
internal static class WebhookMetrics
{
    internal const string Stored = "stored";
    internal const string PassedOver = "passed_over";
    internal const string Refused = "refused";

    /// <summary>The broker did not take it; Stripe sends it again.</summary>
    internal const string NotTaken = "not_taken";

    private static Counter<long> Deliveries { get; } = Telemetry.Meter.CreateCounter<long>(
        "ingestion.webhooks", "{delivery}", "Deliveries of webhooks, by endpoint and what became of them.");

    internal static void Count(string endpoint, string outcome) =>
        Deliveries.Add(1, new TagList { { "endpoint", endpoint }, { "outcome", outcome } });
}
