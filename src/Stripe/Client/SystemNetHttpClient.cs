using System.Security.Cryptography;

namespace Stripe;

/// <summary>Sends requests to Stripe.</summary>
public interface IHttpClient
{
    Task<StripeResponse> MakeRequestAsync(StripeRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Sends requests through HttpClient and repeats those whose answer allows it.</summary>
/// <remarks>Telemetry is accepted as a parameter and never sent.</remarks>
public sealed class SystemNetHttpClient : IHttpClient
{
    public const int DefaultMaxNumberRetries = 2;

    private static readonly Lazy<HttpClient> DefaultHttpClient = new(BuildDefaultSystemNetHttpClient);

    private readonly HttpClient httpClient;

    public SystemNetHttpClient(HttpClient httpClient = null, int maxNetworkRetries = DefaultMaxNumberRetries, bool enableTelemetry = true)
    {
        this.httpClient = httpClient ?? DefaultHttpClient.Value;
        MaxNetworkRetries = maxNetworkRetries;
        EnableTelemetry = enableTelemetry;
    }

    public static TimeSpan DefaultHttpTimeout => TimeSpan.FromSeconds(80);

    public bool EnableTelemetry { get; }

    public int MaxNetworkRetries { get; }

    public static HttpClient BuildDefaultSystemNetHttpClient() => new() { Timeout = DefaultHttpTimeout };

    public async Task<StripeResponse> MakeRequestAsync(StripeRequest request, CancellationToken cancellationToken = default)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                using var message = ToMessage(request);
                using var answer = await httpClient.SendAsync(message, cancellationToken).ConfigureAwait(false);
                var shouldRetry = answer.Headers.TryGetValues("Stripe-Should-Retry", out var values) ? values.First() : null;
                if (!RetryRule.ShouldRetry(retries, MaxNetworkRetries, networkFailed: false, answer.StatusCode, shouldRetry))
                    return new StripeResponse(answer.StatusCode, answer.Headers, await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (HttpRequestException) when (RetryRule.ShouldRetry(retries, MaxNetworkRetries, networkFailed: true, null, null))
            {
                // No answer: sent again below with the same key.
            }
            catch (OperationCanceledException) when (
                !cancellationToken.IsCancellationRequested && RetryRule.ShouldRetry(retries, MaxNetworkRetries, networkFailed: true, null, null))
            {
                // Timed out: sent again below with the same key.
            }

            await Task.Delay(RetryRule.Delay(retries + 1, RandomNumberGenerator.GetInt32(750, 1001)), cancellationToken).ConfigureAwait(false);
        }
    }

    private static HttpRequestMessage ToMessage(StripeRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Uri) { Content = request.Content };
        message.Headers.TryAddWithoutValidation("User-Agent", $"Stripe/v1 .NetBindings/{StripeConfiguration.StripeNetVersion}");
        message.Headers.Authorization = request.AuthorizationHeader;
        foreach (var (name, value) in request.StripeHeaders) message.Headers.Add(name, value);
        return message;
    }
}
