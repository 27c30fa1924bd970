namespace Stripe;

/// <summary>An address to which Stripe sends events.</summary>
public sealed class WebhookEndpoint : StripeEntity<WebhookEndpoint>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public string ApiVersion { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public bool? Deleted { get; set; }

    public string Description { get; set; }

    public List<string> EnabledEvents { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    /// <summary>Told once, when the endpoint is made.</summary>
    public string Secret { get; set; }

    public string Status { get; set; }

    public string Url { get; set; }
}

/// <summary>Where to send which events.</summary>
public sealed class WebhookEndpointCreateOptions : BaseOptions, IHasMetadata
{
    public string ApiVersion { get; set; }

    /// <summary>True for the events of connected accounts instead of the platform's own.</summary>
    public bool? Connect { get; set; }

    public string Description { get; set; }

    public List<string> EnabledEvents { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Url { get; set; }
}

/// <summary>What to change in an endpoint.</summary>
public sealed class WebhookEndpointUpdateOptions : BaseOptions, IHasMetadata
{
    public string Description { get; set; }

    public bool? Disabled { get; set; }

    public List<string> EnabledEvents { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Url { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class WebhookEndpointGetOptions : BaseOptions;

/// <summary>Nothing but what to expand.</summary>
public sealed class WebhookEndpointDeleteOptions : BaseOptions;

/// <summary>Which page of endpoints to list.</summary>
public sealed class WebhookEndpointListOptions : ListOptions;

/// <summary>Makes, reads, changes, removes and lists webhook endpoints.</summary>
public sealed class WebhookEndpointService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/webhook_endpoints";

    public Task<WebhookEndpoint> CreateAsync(
        WebhookEndpointCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<WebhookEndpoint>(Path, options, requestOptions, cancellationToken);

    public Task<WebhookEndpoint> GetAsync(
        string id, WebhookEndpointGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<WebhookEndpoint>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<WebhookEndpoint> UpdateAsync(
        string id, WebhookEndpointUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<WebhookEndpoint>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<WebhookEndpoint> DeleteAsync(
        string id, WebhookEndpointDeleteOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Delete<WebhookEndpoint>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<WebhookEndpoint>> ListAsync(
        WebhookEndpointListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<WebhookEndpoint>>(Path, options, requestOptions, cancellationToken);
}
