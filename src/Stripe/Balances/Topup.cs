using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Money the platform adds to its own balance.</summary>
public sealed class Topup : StripeEntity<Topup>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    [JsonPropertyName("balance_transaction"), JsonConverter(typeof(ExpandableId))]
    public string BalanceTransactionId { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Status { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>How much to add.</summary>
public sealed class TopupCreateOptions : BaseOptions, IHasMetadata
{
    public long? Amount { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string StatementDescriptor { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>Makes top-ups.</summary>
public sealed class TopupService(IStripeClient client) : Service(client)
{
    public Task<Topup> CreateAsync(
        TopupCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Topup>("/v1/topups", options, requestOptions, cancellationToken);
}
