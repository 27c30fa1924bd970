using System.Text.Json;

namespace Stripe;

/// <summary>Makes requests in the name of one platform account.</summary>
public interface IStripeClient
{
    string ApiBase { get; }

    string ApiKey { get; }

    Task<T> RequestAsync<T>(
        HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken = default)
        where T : IStripeEntity;
}

/// <summary>What a client is made from.</summary>
public sealed class StripeClientOptions
{
    public string ApiKey { get; set; }

    public string ClientId { get; set; }

    public IHttpClient HttpClient { get; set; }

    public string ApiBase { get; set; }
}

/// <summary>The client: a key, a base address, a way to send, and the services over them.</summary>
public sealed class StripeClient : IStripeClient
{
    public StripeClient(string apiKey = null, string clientId = null, IHttpClient httpClient = null, string apiBase = null)
        : this(new StripeClientOptions { ApiKey = apiKey, ClientId = clientId, HttpClient = httpClient, ApiBase = apiBase })
    {
    }

    public StripeClient(StripeClientOptions options)
    {
        if (options.ApiKey is { Length: 0 }) throw new ArgumentException("API key cannot be the empty string.", nameof(options));
        if (options.ApiKey != null && options.ApiKey.Any(char.IsWhiteSpace))
            throw new ArgumentException("API key cannot contain whitespace.", nameof(options));
        ApiKey = options.ApiKey;
        ApiBase = options.ApiBase ?? DefaultApiBase;
        HttpClient = options.HttpClient ?? new SystemNetHttpClient();
        V1 = new V1Services(this);
    }

    public static string DefaultApiBase => "https://api.stripe.com";

    public string ApiBase { get; }

    public string ApiKey { get; }

    public IHttpClient HttpClient { get; }

    public V1Services V1 { get; }

    /// <summary>Only 200 with a readable body is success.</summary>
    public async Task<T> RequestAsync<T>(
        HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken = default)
        where T : IStripeEntity
    {
        var request = new StripeRequest(ApiBase, ApiKey, method, path, options, requestOptions);
        var response = await HttpClient.MakeRequestAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != System.Net.HttpStatusCode.OK) throw StripeException.From(response);
        T answer;
        try
        {
            answer = JsonSerializer.Deserialize<T>(response.Content, StripeJson.Options);
        }
        catch (JsonException)
        {
            throw StripeException.Unreadable(response);
        }

        if (answer == null) throw StripeException.Unreadable(response);
        answer.StripeResponse = response;
        return answer;
    }
}
