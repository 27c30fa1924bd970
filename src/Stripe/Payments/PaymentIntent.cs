using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>One attempt to collect money, from the first page a payer sees to the charge that succeeded.</summary>
public sealed class PaymentIntent : StripeEntity<PaymentIntent>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public long AmountCapturable { get; set; }

    public long AmountReceived { get; set; }

    public PaymentIntentAutomaticPaymentMethods AutomaticPaymentMethods { get; set; }

    public DateTime? CanceledAt { get; set; }

    public string CancellationReason { get; set; }

    public string CaptureMethod { get; set; }

    public string ClientSecret { get; set; }

    public string ConfirmationMethod { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    [JsonPropertyName("customer"), JsonConverter(typeof(ExpandableId))]
    public string CustomerId { get; set; }

    public string Description { get; set; }

    public StripeError LastPaymentError { get; set; }

    [JsonIgnore]
    public string LatestChargeId
    {
        get => InternalLatestCharge?.Id;
        set => InternalLatestCharge = value == null ? null : new(value, null);
    }

    /// <summary>Null unless it was expanded.</summary>
    [JsonIgnore]
    public Charge LatestCharge
    {
        get => InternalLatestCharge?.Whole;
        set => InternalLatestCharge = value == null ? null : new(value.Id, value);
    }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    [JsonPropertyName("payment_method"), JsonConverter(typeof(ExpandableId))]
    public string PaymentMethodId { get; set; }

    public List<string> PaymentMethodTypes { get; set; }

    public string ReceiptEmail { get; set; }

    public string StatementDescriptor { get; set; }

    public string Status { get; set; }

    public string TransferGroup { get; set; }

    [JsonInclude, JsonPropertyName("latest_charge")]
    internal Expandable<Charge> InternalLatestCharge { get; set; }
}

/// <summary>Whether Stripe chooses the ways to pay.</summary>
public sealed class PaymentIntentAutomaticPaymentMethods : StripeEntity<PaymentIntentAutomaticPaymentMethods>
{
    public string AllowRedirects { get; set; }

    public bool Enabled { get; set; }
}
