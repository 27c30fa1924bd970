namespace ContestPipeline.StripeSimulator.Core;

/// <summary>One movement of a balance: the platform's, or that of a connected account.</summary>
public sealed record SimBalanceTransaction(
    string Id, long Created, long AvailableOn, long AmountMinor, string Currency, string Type, string Source)
{
    public string? Account { get; init; }

    public long FeeMinor { get; init; }

    /// <summary>Null where Stripe names it after the type.</summary>
    public string? ReportingCategory { get; init; }

    public string? Description { get; init; }

    public long NetMinor => AmountMinor - FeeMinor;

    public object ToStripe(long now) => new
    {
        id = Id,
        @object = "balance_transaction",
        amount = AmountMinor,
        available_on = AvailableOn,
        balance_type = "payments",
        created = Created,
        currency = Currency,
        description = Description,
        exchange_rate = (decimal?)null,
        fee = FeeMinor,
        fee_details = FeeMinor == 0
            ? Array.Empty<object>()
            : [new { amount = FeeMinor, application = (string?)null, currency = Currency, description = FeeDescription,
                type = "stripe_fee" }],
        net = NetMinor,
        reporting_category = ReportingCategory ?? (Type == "transfer_refund" ? "transfer_reversal" : Type),
        source = Source,
        status = AvailableOn <= now ? "available" : "pending",
        type = Type,
    };

    private string FeeDescription => ReportingCategory == "dispute" ? "Dispute fee" : "Stripe processing fees";
}
