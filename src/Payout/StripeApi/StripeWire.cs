using System.Net;
using System.Text.Json;
using ContestPipeline.Payout.Options;
using Stripe;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>
/// How Stripe is spoken to: one API version whatever the client library was built for, and no repetitions inside it.
/// </summary>
public static class StripeWire
{
    public const string ApiVersion = "2026-10-28.endive";

    public const string ReadingStripe = "stripe-for-reading";

    /// <param name="transport">What carries the requests.</param>
    public static IStripeClient Client(PayoutOptions options, HttpMessageHandler transport) =>
        Client(options.StripeApiKey, options.StripeApiBase, TimeSpan.FromSeconds(options.StripeTimeoutSeconds), transport);

    /// <param name="address">Null: Stripe's own.</param>
    /// <param name="transport">What carries the requests.</param>
    public static IStripeClient Client(
        string key, string? address, TimeSpan patience, HttpMessageHandler transport) => new StripeClient(
        apiKey: key,
        httpClient: new SystemNetHttpClient(
            new HttpClient(new PinnedVersion(new ReadableAnswer(transport))) { Timeout = patience }, maxNetworkRetries: 0,
            enableTelemetry: false),
        apiBase: address);

    /// <summary>
    /// A success whose body is no object of Stripe's - a proxy's page, half a body, nothing - is no answer: the library would
    /// read it as an empty one.
    /// </summary>
    private sealed class ReadableAnswer(HttpMessageHandler transport) : DelegatingHandler(transport)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK) return answer;
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            if (IsOfStripe(await answer.Content.ReadAsByteArrayAsync(cancellationToken))) return answer;
            answer.Dispose();
            throw new HttpRequestException("the answer is no object of Stripe's");
        }

        private static bool IsOfStripe(byte[] body)
        {
            try
            {
                using var read = JsonDocument.Parse(body);
                return read.RootElement.ValueKind == JsonValueKind.Object
                    && read.RootElement.TryGetProperty("object", out var kind) && kind.ValueKind == JsonValueKind.String;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    /// <summary>Replaces the version the library would ask for: objects of another version have other shapes.</summary>
    private sealed class PinnedVersion(HttpMessageHandler transport) : DelegatingHandler(transport)
    {
        private const string Header = "Stripe-Version";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Remove(Header);
            request.Headers.Add(Header, ApiVersion);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
