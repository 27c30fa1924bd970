using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>A payer has asked the bank for the money back. The platform's balance is debited at once, and credited again when it wins.</summary>
public sealed class Dispute : StripeEntity<Dispute>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public List<BalanceTransaction> BalanceTransactions { get; set; }

    [JsonPropertyName("charge"), JsonConverter(typeof(ExpandableId))]
    public string ChargeId { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public DisputeEvidenceDetails EvidenceDetails { get; set; }

    public bool IsChargeRefundable { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string NetworkReasonCode { get; set; }

    [JsonPropertyName("payment_intent"), JsonConverter(typeof(ExpandableId))]
    public string PaymentIntentId { get; set; }

    public string Reason { get; set; }

    public string Status { get; set; }
}

/// <summary>Until when evidence may be sent, and how often it was.</summary>
public sealed class DisputeEvidenceDetails : StripeEntity<DisputeEvidenceDetails>
{
    public DateTime? DueBy { get; set; }

    public bool HasEvidence { get; set; }

    public bool PastDue { get; set; }

    public long SubmissionCount { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class DisputeGetOptions : BaseOptions;

/// <summary>Nothing but what to expand.</summary>
public sealed class DisputeCloseOptions : BaseOptions;

/// <summary>Which disputes to list.</summary>
public sealed class DisputeListOptions : ListOptions
{
    public string Charge { get; set; }

    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public string PaymentIntent { get; set; }
}

/// <summary>Reads and lists disputes, and gives one up.</summary>
public sealed class DisputeService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/disputes";

    public Task<Dispute> GetAsync(
        string id, DisputeGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Dispute>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<Dispute> CloseAsync(
        string id, DisputeCloseOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Dispute>($"{Path}/{Segment(id)}/close", options, requestOptions, cancellationToken);

    public Task<StripeList<Dispute>> ListAsync(
        DisputeListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Dispute>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Dispute> ListAutoPagingAsync(
        DisputeListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Dispute>(Path, options, requestOptions, cancellationToken);
}
