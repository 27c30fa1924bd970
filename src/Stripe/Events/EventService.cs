namespace Stripe;

/// <summary>Nothing but what to expand.</summary>
public sealed class EventGetOptions : BaseOptions;

/// <summary>Which events of the last 30 days to list.</summary>
public sealed class EventListOptions : ListOptions
{
    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public bool? DeliverySuccess { get; set; }

    public string Type { get; set; }

    public List<string> Types { get; set; }
}

/// <summary>Reads and lists events.</summary>
public sealed class EventService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/events";

    public Task<Event> GetAsync(
        string id, EventGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Event>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<Event>> ListAsync(
        EventListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Event>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Event> ListAutoPagingAsync(
        EventListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Event>(Path, options, requestOptions, cancellationToken);
}
