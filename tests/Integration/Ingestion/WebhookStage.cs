using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>The webhook endpoint on a port of its own, and a Stripe that delivers to it.</summary>
internal sealed class WebhookStage : IAsyncDisposable
{
    public const string PlatformSecret = "whsec_platform_secret";
    public const string OldPlatformSecret = "whsec_platform_secret_before";
    public const string ConnectSecret = "whsec_connect_secret";

    private readonly IngressProducer producer;
    private readonly WebhookServer server;
    private readonly HttpClient http;
    private int connections;

    private WebhookStage(KafkaSettings kafka, WebhookOptions options)
    {
        producer = new IngressProducer(kafka, TimeProvider.System);
        http = new HttpClient(new SocketsHttpHandler { ConnectCallback = Connect });
        server = new WebhookServer(
            options, new WebhookReceiver(options, producer, TimeProvider.System, NullLogger<WebhookReceiver>.Instance),
            NullLogger<WebhookServer>.Instance);
    }

    public Uri Address => new(server.Address!);

    /// <summary>How many connections the deliveries have taken so far.</summary>
    public int Connections => connections;

    public static WebhookOptions Options { get; } =
        new("http://127.0.0.1:0", [PlatformSecret, OldPlatformSecret], [ConnectSecret], IsLive: false, RatePerSecond: 2_000);

    public static async Task<WebhookStage> Start(KafkaSettings kafka, WebhookOptions? options = null)
    {
        var stage = new WebhookStage(kafka, options ?? Options);
        await stage.server.StartAsync(TestContext.Current.CancellationToken);
        return stage;
    }

    /// <summary>An event as Stripe writes it: with spaces, escapes and members nobody here reads.</summary>
    public static byte[] Event(string id, string objectId = "pi_1", string type = "payment_intent.succeeded",
        string? account = null, bool livemode = false) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""
            {
              "id": "{{id}}", "object": "event", "api_version": "2026-10-28.endive", {{(account is null ? "" : $"\"account\": \"{account}\", ")}}
              "created": {{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}},
              "data": { "object": { "id": "{{objectId}}", "object": "payment_intent", "description": "\u00e9 \ud83d\ude00 é", "amount": 1.0e3 } },
              "livemode": {{(livemode ? "true" : "false")}}, "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null }, "type": "{{type}}"
            }
            """));

    /// <summary>Signed now with the platform's secret unless told otherwise.</summary>
    /// <param name="signature">Another Stripe-Signature header; empty for none.</param>
    public async Task<(int Status, string Answer)> Deliver(
        byte[] body, string path = StripeEndpoints.PlatformPath, string? signature = null,
        string? contentType = "application/json; charset=utf-8")
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(Address, path)) { Content = new ByteArrayContent(body) };
        if (contentType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        signature ??= StripeSignature.Header(
            body, TimeProvider.System.GetUtcNow(), path == StripeEndpoints.ConnectPath ? ConnectSecret : PlatformSecret);
        if (signature.Length > 0) request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<(int Status, string Answer)> Get(string path)
    {
        using var response = await http.GetAsync(new Uri(Address, path), TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        Interlocked.Increment(ref connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(CancellationToken.None);
        http.Dispose();
        producer.Dispose();
    }
}
