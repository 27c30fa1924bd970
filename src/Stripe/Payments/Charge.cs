using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Money taken from a payer, or the attempt to.</summary>
public sealed class Charge : StripeEntity<Charge>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public long AmountCaptured { get; set; }

    public long AmountRefunded { get; set; }

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

    public bool Captured { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    [JsonPropertyName("customer"), JsonConverter(typeof(ExpandableId))]
    public string CustomerId { get; set; }

    public string Description { get; set; }

    public bool Disputed { get; set; }

    public string FailureCode { get; set; }

    public string FailureMessage { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public ChargeOutcome Outcome { get; set; }

    public bool Paid { get; set; }

    [JsonPropertyName("payment_intent"), JsonConverter(typeof(ExpandableId))]
    public string PaymentIntentId { get; set; }

    public string PaymentMethod { get; set; }

    public string ReceiptUrl { get; set; }

    public bool Refunded { get; set; }

    public string Status { get; set; }

    public string TransferGroup { get; set; }

    [JsonInclude, JsonPropertyName("balance_transaction")]
    internal Expandable<BalanceTransaction> InternalBalanceTransaction { get; set; }
}

/// <summary>What the network and Stripe's own risk check said of a charge.</summary>
public sealed class ChargeOutcome : StripeEntity<ChargeOutcome>
{
    public string NetworkStatus { get; set; }

    public string Reason { get; set; }

    public string RiskLevel { get; set; }

    public string SellerMessage { get; set; }

    public string Type { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class ChargeGetOptions : BaseOptions;

/// <summary>Which charges to list.</summary>
public sealed class ChargeListOptions : ListOptions
{
    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public string Customer { get; set; }

    public string PaymentIntent { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>Reads and lists charges.</summary>
public sealed class ChargeService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/charges";

    public Task<Charge> GetAsync(
        string id, ChargeGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Charge>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<Charge>> ListAsync(
        ChargeListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Charge>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Charge> ListAutoPagingAsync(
        ChargeListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Charge>(Path, options, requestOptions, cancellationToken);
}
