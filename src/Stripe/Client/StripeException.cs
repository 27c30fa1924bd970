using System.Net;
using System.Text.Json;

namespace Stripe;

/// <summary>The body of a refusal. Codes are open strings: Stripe adds new ones without notice.</summary>
public sealed class StripeError : StripeEntity<StripeError>
{
    public string Type { get; set; }

    public string Code { get; set; }

    public string Message { get; set; }

    public string Param { get; set; }

    public string DeclineCode { get; set; }

    public string Charge { get; set; }

    public string DocUrl { get; set; }

    /// <summary>The payment that was declined, as it is now.</summary>
    public PaymentIntent PaymentIntent { get; set; }

    public string RequestLogUrl { get; set; }
}

/// <summary>Stripe answered, and not with a usable 200. A network failure or a timeout is thrown as it is, not as this.</summary>
public class StripeException : Exception
{
    public StripeException()
    {
    }

    public StripeException(string message)
        : base(message)
    {
    }

    public StripeException(string message, Exception err)
        : base(message, err)
    {
    }

    public StripeException(HttpStatusCode httpStatusCode, StripeError stripeError, string message)
        : base(message)
    {
        HttpStatusCode = httpStatusCode;
        StripeError = stripeError;
    }

    public HttpStatusCode HttpStatusCode { get; set; }

    /// <summary>Null when the body was not Stripe's.</summary>
    public StripeError StripeError { get; set; }

    public StripeResponse StripeResponse { get; set; }

    internal static StripeException From(StripeResponse response)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error", out var body))
                return Unreadable(response);
            var error = body.Deserialize<StripeError>(StripeJson.Options);
            if (error == null) return Unreadable(response);
            error.StripeResponse = response;
            return new StripeException(response.StatusCode, error, error.Message) { StripeResponse = response };
        }
        catch (JsonException)
        {
            return Unreadable(response);
        }
    }

    internal static StripeException Unreadable(StripeResponse response) =>
        new(response.StatusCode, null, $"Invalid response object from API: \"{response.Content}\"") { StripeResponse = response };
}
