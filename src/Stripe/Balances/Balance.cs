using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>What the platform holds, per currency.</summary>
public sealed class Balance : StripeEntity<Balance>, IHasObject
{
    public string Object { get; set; }

    public List<BalanceAmount> Available { get; set; }

    public List<BalanceAmount> ConnectReserved { get; set; }

    public bool Livemode { get; set; }

    public List<BalanceAmount> Pending { get; set; }
}

/// <summary>One currency's part of a balance.</summary>
public sealed class BalanceAmount : StripeEntity<BalanceAmount>
{
    public long Amount { get; set; }

    public string Currency { get; set; }
}

/// <summary>One movement of the platform's balance.</summary>
public sealed class BalanceTransaction : StripeEntity<BalanceTransaction>, IHasId, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public DateTime AvailableOn { get; set; } = DateTime.UnixEpoch;

    public string BalanceType { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Currency { get; set; }

    public string Description { get; set; }

    public long Fee { get; set; }

    public List<BalanceTransactionFeeDetail> FeeDetails { get; set; }

    public long Net { get; set; }

    public string ReportingCategory { get; set; }

    [JsonPropertyName("source"), JsonConverter(typeof(ExpandableId))]
    public string SourceId { get; set; }

    public string Status { get; set; }

    public string Type { get; set; }
}

/// <summary>One of the fees that make up a movement's fee.</summary>
public sealed class BalanceTransactionFeeDetail : StripeEntity<BalanceTransactionFeeDetail>
{
    public long Amount { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public string Type { get; set; }
}
