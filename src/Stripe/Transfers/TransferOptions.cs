namespace Stripe;

/// <summary>What to transfer, and to whom.</summary>
public sealed class TransferCreateOptions : BaseOptions, IHasMetadata
{
    public long? Amount { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public string Destination { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string SourceTransaction { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class TransferGetOptions : BaseOptions;

/// <summary>Which transfers to list.</summary>
public sealed class TransferListOptions : ListOptions
{
    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public string Destination { get; set; }

    public string TransferGroup { get; set; }
}

/// <summary>How much to take back; everything that is left when no amount is given.</summary>
public sealed class TransferReversalCreateOptions : BaseOptions, IHasMetadata
{
    public long? Amount { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Metadata { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class TransferReversalGetOptions : BaseOptions;

/// <summary>Which page of reversals to list.</summary>
public sealed class TransferReversalListOptions : ListOptions;
