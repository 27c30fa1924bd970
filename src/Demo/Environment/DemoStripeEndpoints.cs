using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// Where Stripe delivers to and where people reach Payout: addresses, keys and secrets of this run alone, and the two webhook
/// endpoints at Stripe.
/// </summary>
public static class DemoStripeEndpoints
{
    private const string TokenKey = "demo-key-that-signs-the-tokens-of-callers";
    private const string FilesKey = "demo-key-that-signs-receipts-for-files";
    private const string LinkKey = "demo-key-that-signs-the-links-of-winners";

    /// <summary>The simulated Stripe tries a delivery again so soon after the first failure.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(300);

    /// <summary>Whose tokens Payout believes in this run.</summary>
    public static JwtRules Tokens { get; } = new(Encoding.UTF8.GetBytes(TokenKey), "contest-pipeline", "payout-api");

    /// <returns>Where Payout will answer.</returns>
    public static async Task<Uri> Open(SimulatorAdmin stripe, Dictionary<string, string?> settings, CancellationToken ct)
    {
        var (ingestion, payout) = (Free(), Free());
        settings["INGESTION_HTTP_URL"] = Text(ingestion);
        settings["STRIPE_WEBHOOK_SECRETS"] = await stripe.AddWebhook(
            new Uri(ingestion, StripeEndpoints.PlatformPath), connect: false, ct, StripeEventTypes.Platform);
        settings["STRIPE_CONNECT_WEBHOOK_SECRETS"] = await stripe.AddWebhook(
            new Uri(ingestion, StripeEndpoints.ConnectPath), connect: true, ct, StripeEventTypes.Connected);
        await stripe.RetryWebhooks(s_retry, ct);
        settings["PAYOUT_HTTP_URL"] = Text(payout);
        settings["PAYOUT_PUBLIC_URL"] = Text(payout);
        settings["PAYOUT_JWT_KEY"] = TokenKey;
        settings["PAYOUT_LINK_KEY"] = LinkKey;
        settings["PROOF_FILES_KEY"] = FilesKey;
        return payout;
    }

    private static Uri Free() => new($"http://127.0.0.1:{FreePorts.One()}");

    private static string Text(Uri address) => address.AbsoluteUri.TrimEnd('/');
}
