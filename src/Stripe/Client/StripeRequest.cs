using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Stripe;

/// <summary>One request, ready to be sent as often as it takes: every send carries the same idempotency key.</summary>
public sealed class StripeRequest
{
    private readonly string form;

    internal StripeRequest(string apiBase, string apiKey, HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions)
    {
        var encoded = options == null ? "" : FormEncoder.Encode(options);
        Method = method;
        Uri = new Uri(method == HttpMethod.Post || encoded.Length == 0 ? apiBase + path : $"{apiBase}{path}?{encoded}");
        form = method == HttpMethod.Post ? encoded : null;
        AuthorizationHeader = new AuthenticationHeaderValue("Bearer", requestOptions?.ApiKey ?? apiKey
            ?? throw new StripeException("No API key provided. Set your API key using `new StripeClient(\"<API-KEY>\")`."));
        StripeHeaders = HeadersOf(method, requestOptions);
    }

    public HttpMethod Method { get; }

    public Uri Uri { get; }

    public AuthenticationHeaderValue AuthorizationHeader { get; }

    public IDictionary<string, string> StripeHeaders { get; }

    /// <summary>A fresh copy of the body each time: HttpClient disposes what it has sent.</summary>
    public HttpContent Content => form == null ? null : new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");

    private static Dictionary<string, string> HeadersOf(HttpMethod method, RequestOptions requestOptions)
    {
        var headers = new Dictionary<string, string> { ["Stripe-Version"] = StripeConfiguration.ApiVersion };
        if (!string.IsNullOrEmpty(requestOptions?.StripeAccount)) headers["Stripe-Account"] = requestOptions.StripeAccount;
        if (!string.IsNullOrEmpty(requestOptions?.IdempotencyKey)) headers["Idempotency-Key"] = requestOptions.IdempotencyKey;
        else if (method == HttpMethod.Post) headers["Idempotency-Key"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
        return headers;
    }
}
