using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Money moved from the platform's balance to a connected account. It exists at once or not at all.</summary>
public sealed class Transfer : StripeEntity<Transfer>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public long AmountReversed { get; set; }

    [JsonPropertyName("balance_transaction"), JsonConverter(typeof(ExpandableId))]
    public string BalanceTransactionId { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public string Description { get; set; }

    [JsonPropertyName("destination"), JsonConverter(typeof(ExpandableId))]
    public string DestinationId { get; set; }

    [JsonPropertyName("destination_payment"), JsonConverter(typeof(ExpandableId))]
    public string DestinationPaymentId { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public StripeList<TransferReversal> Reversals { get; set; }

    public bool Reversed { get; set; }

    [JsonPropertyName("source_transaction"), JsonConverter(typeof(ExpandableId))]
    public string SourceTransactionId { get; set; }

    public string SourceType { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>Money taken back from a connected account, wholly or in part.</summary>
public sealed class TransferReversal : StripeEntity<TransferReversal>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    [JsonPropertyName("balance_transaction"), JsonConverter(typeof(ExpandableId))]
    public string BalanceTransactionId { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    [JsonPropertyName("transfer"), JsonConverter(typeof(ExpandableId))]
    public string TransferId { get; set; }
}
