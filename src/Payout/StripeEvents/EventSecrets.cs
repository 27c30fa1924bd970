using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>
/// The signing secrets of the webhook endpoints, where this process is given them: then each event is checked again as it is read
/// from the topic. One that is replaced must stay for the 14 days that the topic keeps what it has signed.
/// </summary>
/// <param name="Platform">Empty: events of the platform's endpoint are not checked here.</param>
/// <param name="Connect">Empty: events of the endpoint for connected accounts are not checked here.</param>
public sealed record EventSecrets(IReadOnlyList<string> Platform, IReadOnlyList<string> Connect)
{
    public static EventSecrets None { get; } = new([], []);

    /// <exception cref="SettingException">One has not the form of Stripe's; it is not shown.</exception>
    public static EventSecrets From(IConfiguration settings) =>
        new(settings.Secrets("STRIPE_WEBHOOK_SECRETS", StripeSignature.SecretPrefix),
            settings.Secrets("STRIPE_CONNECT_WEBHOOK_SECRETS", StripeSignature.SecretPrefix));

    /// <returns>True: there are secrets of the endpoint that it names, and none of them has signed these bytes. The age does
    /// not matter: a record may have waited.</returns>
    public bool AreMissed(Envelope record)
    {
        var of = record.Headers.GetValueOrDefault(StripeWebhookHeaders.EndpointHeader) == StripeEndpoints.Connect
            ? Connect : Platform;
        return of.Count > 0 && StripeSignature.Check(
            record.Body.Span, record.Headers.GetValueOrDefault(StripeWebhookHeaders.SignatureHeader), of, now: null)
            != SignatureCheck.Genuine;
    }
}
