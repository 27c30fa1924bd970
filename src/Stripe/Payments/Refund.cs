using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Money given back to a payer, wholly or in part. It may be pending for days, and may fail after it had succeeded.</summary>
public sealed class Refund : StripeEntity<Refund>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    [JsonIgnore]
    public string BalanceTransactionId
    {
        get => InternalBalanceTransaction?.Id;
        set => InternalBalanceTransaction = value == null ? null : new(value, null);
    }

    /// <summary>Null unless it was expanded.</summary>
    [JsonIgnore]
    public BalanceTransaction BalanceTransaction
    {
        get => InternalBalanceTransaction?.Whole;
        set => InternalBalanceTransaction = value == null ? null : new(value.Id, value);
    }

    [JsonPropertyName("charge"), JsonConverter(typeof(ExpandableId))]
    public string ChargeId { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public string Description { get; set; }

    [JsonPropertyName("failure_balance_transaction"), JsonConverter(typeof(ExpandableId))]
    public string FailureBalanceTransactionId { get; set; }

    public string FailureReason { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    [JsonPropertyName("payment_intent"), JsonConverter(typeof(ExpandableId))]
    public string PaymentIntentId { get; set; }

    public string PendingReason { get; set; }

    public string Reason { get; set; }

    public string Status { get; set; }

    [JsonInclude, JsonPropertyName("balance_transaction")]
    internal Expandable<BalanceTransaction> InternalBalanceTransaction { get; set; }
}

/// <summary>What to give back: of a charge or of a payment intent; everything that is left when no amount is given.</summary>
public sealed class RefundCreateOptions : BaseOptions, IHasMetadata
{
    public long? Amount { get; set; }

    public string Charge { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string PaymentIntent { get; set; }

    public string Reason { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class RefundGetOptions : BaseOptions;

/// <summary>Which refunds to list.</summary>
public sealed class RefundListOptions : ListOptions
{
    public string Charge { get; set; }

    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public string PaymentIntent { get; set; }
}

/// <summary>Makes, reads and lists refunds.</summary>
public sealed class RefundService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/refunds";

    public Task<Refund> CreateAsync(
        RefundCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Refund>(Path, options, requestOptions, cancellationToken);

    public Task<Refund> GetAsync(
        string id, RefundGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Refund>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<Refund>> ListAsync(
        RefundListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Refund>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Refund> ListAutoPagingAsync(
        RefundListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Refund>(Path, options, requestOptions, cancellationToken);
}
