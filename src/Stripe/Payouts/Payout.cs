using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Money sent from a Stripe balance to a bank. It may fail for days after it was reported as paid.</summary>
public sealed class Payout : StripeEntity<Payout>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public DateTime ArrivalDate { get; set; } = DateTime.UnixEpoch;

    public bool Automatic { get; set; }

    [JsonPropertyName("balance_transaction"), JsonConverter(typeof(ExpandableId))]
    public string BalanceTransactionId { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public string Description { get; set; }

    [JsonPropertyName("destination"), JsonConverter(typeof(ExpandableId))]
    public string DestinationId { get; set; }

    [JsonPropertyName("failure_balance_transaction"), JsonConverter(typeof(ExpandableId))]
    public string FailureBalanceTransactionId { get; set; }

    public string FailureCode { get; set; }

    public string FailureMessage { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Method { get; set; }

    public string ReconciliationStatus { get; set; }

    public string StatementDescriptor { get; set; }

    public string Status { get; set; }

    public string Type { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class PayoutGetOptions : BaseOptions;

/// <summary>Which bank payouts to list.</summary>
public sealed class PayoutListOptions : ListOptions
{
    public AnyOf<DateTime?, DateRangeOptions> ArrivalDate { get; set; }

    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public string Destination { get; set; }

    public string Status { get; set; }
}

/// <summary>Reads and lists bank payouts; those of a connected account when the request names it.</summary>
public sealed class PayoutService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/payouts";

    public Task<Payout> GetAsync(
        string id, PayoutGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Payout>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<Payout>> ListAsync(
        PayoutListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Payout>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Payout> ListAutoPagingAsync(
        PayoutListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Payout>(Path, options, requestOptions, cancellationToken);
}
