using System.Buffers;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Takes one delivery: reads it whole, has it checked, hands it to the broker and answers 200 only after the broker has
/// acknowledged it.
/// </summary>
public sealed partial class WebhookReceiver(
    WebhookOptions options, IngressProducer producer, TimeProvider clock, ILogger<WebhookReceiver> log)
{
    public const int BodyBytesMax = 256 * 1024;

    /// <summary>Stripe has a schedule of its own; others who deliver again do as they are told.</summary>
    private const string RetryAfterSeconds = "30";

    private static readonly TimeSpan s_readinessLasts = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private Task<string?>? probe;
    private long probedAt;

    public async Task Receive(HttpContext context, string endpoint)
    {
        if (!IsJson(context.Request.ContentType))
        {
            Refused(endpoint, "content-type");
            await Answer(context, StatusCodes.Status415UnsupportedMediaType, "The content type is not application/json.");
            return;
        }

        if (await Body(context.Request, context.RequestAborted) is not { } body)
        {
            Refused(endpoint, "too-large");
            await Answer(context, StatusCodes.Status413PayloadTooLarge, $"The body is larger than {BodyBytesMax} bytes.");
            return;
        }

        string? signature = context.Request.Headers[StripeWebhookHeaders.SignatureHeader] is [{ Length: > 0 } only] ? only : null;
        switch (CheckWebhook.Decide(
            new WebhookRequest(endpoint, signature, body), options.SecretsOf(endpoint), options.IsLive, clock.GetUtcNow()))
        {
            case WebhookDecision.Publish publish:
                await Publish(context, endpoint, publish, body);
                break;
            case WebhookDecision.PassOver passed:
                Log.PassedOver(log, endpoint, passed.Reason);
                WebhookMetrics.Count(endpoint, WebhookMetrics.PassedOver);
                await Answer(context, StatusCodes.Status200OK, passed.Sentence);
                break;
            case WebhookDecision.Refuse { Reason: "wrong-mode" } refused:
                Log.WrongMode(log, endpoint, refused.Sentence);
                WebhookMetrics.Count(endpoint, WebhookMetrics.Refused);
                await Answer(context, StatusCodes.Status400BadRequest, refused.Sentence);
                break;
            case WebhookDecision.Refuse refused:
                Refused(endpoint, refused.Reason);
                await Answer(context, StatusCodes.Status400BadRequest, refused.Sentence);
                break;
        }
    }

    /// <returns>Null when a delivery would be taken, else why not. Asked at most once a second, however many ask.</returns>
    public Task<string?> NotReady()
    {
        lock (gate)
        {
            if (probe is null || (probe.IsCompleted && clock.GetElapsedTime(probedAt) > s_readinessLasts))
            {
                probedAt = clock.GetTimestamp();
                probe = Task.Run(() => producer.Probe(Topics.StripeWebhooks));
            }

            return probe;
        }
    }

    internal static Task Answer(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(status < 300 ? new Answered(true, sentence) : new Answered(false, sentence),
            WireJson.Options, context.RequestAborted);
    }

    private void Refused(string endpoint, string reason)
    {
        Log.Refused(log, endpoint, reason);
        WebhookMetrics.Count(endpoint, WebhookMetrics.Refused);
    }

    private async Task Publish(HttpContext context, string endpoint, WebhookDecision.Publish publish, byte[] body)
    {
        if (await producer.TryPublish(Topics.StripeWebhooks, publish.Key, publish.Headers.ToDictionary(), body) is { } why)
        {
            Log.NotTaken(log, publish.Headers.EventId, why);
            WebhookMetrics.Count(endpoint, WebhookMetrics.NotTaken);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await Answer(context, StatusCodes.Status503ServiceUnavailable, "The event could not be stored now; send it again.");
            return;
        }

        WebhookMetrics.Count(endpoint, WebhookMetrics.Stored);
        await Answer(context, StatusCodes.Status200OK, "The event is stored.");
    }

    /// <returns>Null when there is more than may be.</returns>
    private static async Task<byte[]?> Body(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > BodyBytesMax) return null;
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(ct);
                if (read.Buffer.Length > BodyBytesMax) return null;
                if (read.IsCompleted)
                {
                    var body = read.Buffer.ToArray();
                    request.BodyReader.AdvanceTo(read.Buffer.End); // else the connection could not be used for the next delivery
                    return body;
                }

                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>What Stripe shows beside a delivery.</summary>
    private sealed record Answered(bool Received, string Message);

    private static partial class Log
    {
        [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "Webhook on {Endpoint} refused: {Reason}")]
        internal static partial void Refused(ILogger log, string endpoint, string reason);

        [LoggerMessage(EventId = 4102, Level = LogLevel.Critical,
            Message = "Webhook of the wrong mode on {Endpoint}: {Sentence} Correct the endpoint at Stripe or "
                + "PIPELINE_ENVIRONMENT")]
        internal static partial void WrongMode(ILogger log, string endpoint, string sentence);

        [LoggerMessage(EventId = 4103, Level = LogLevel.Error, Message = "Webhook {EventId} was not taken by the broker: {Why}")]
        internal static partial void NotTaken(ILogger log, string eventId, string why);

        [LoggerMessage(EventId = 4104, Level = LogLevel.Information, Message = "Webhook on {Endpoint} passed over: {Reason}")]
        internal static partial void PassedOver(ILogger log, string endpoint, string reason);
    }
}
