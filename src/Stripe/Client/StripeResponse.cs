using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Stripe;

/// <summary>One answer as it came over the wire.</summary>
public sealed class StripeResponse(HttpStatusCode statusCode, HttpResponseHeaders headers, string content)
{
    public HttpStatusCode StatusCode { get; } = statusCode;

    public HttpResponseHeaders Headers { get; } = headers;

    public string Content { get; } = content;

    public DateTimeOffset? Date => Headers?.Date;

    public string IdempotencyKey => First("Idempotency-Key");

    public string RequestId => First("Request-Id");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<{(int)StatusCode} Request-Id={RequestId} Date={Date:s}>");

    private string First(string name) => Headers != null && Headers.TryGetValues(name, out var values) ? values.First() : null;
}
