namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Money taken from a payer, or the attempt to.</summary>
public sealed record SimCharge(
    string Id, long Created, long AmountMinor, string Currency, string PaymentIntent, string PaymentMethod, string? TransferGroup,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>pending, succeeded or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Null until money has moved.</summary>
    public string? BalanceTransaction { get; init; }

    public long AvailableOn { get; init; }

    public string? Customer { get; init; }

    public string? Description { get; init; }

    public SimDecline? Failure { get; init; }

    public long RefundedMinor { get; init; }

    /// <summary>Null, or the dispute that is open or was decided.</summary>
    public string? Dispute { get; init; }

    public long UnrefundedMinor => AmountMinor - RefundedMinor;

    public object ToStripe() => new
    {
        id = Id,
        @object = "charge",
        amount = AmountMinor,
        amount_captured = Status == "succeeded" ? AmountMinor : 0,
        amount_refunded = RefundedMinor,
        application = (string?)null,
        application_fee = (string?)null,
        application_fee_amount = (long?)null,
        balance_transaction = BalanceTransaction,
        billing_details = new { email = (string?)null, name = (string?)null, phone = (string?)null },
        captured = Status == "succeeded",
        created = Created,
        currency = Currency,
        customer = Customer,
        description = Description,
        disputed = Dispute is not null,
        failure_code = Failure?.Code,
        failure_message = Failure?.Message,
        livemode = false,
        metadata = Metadata,
        outcome = new
        {
            network_status = Failure is null ? "approved_by_network" : "declined_by_network",
            reason = Failure?.DeclineCode,
            risk_level = "normal",
            seller_message = Failure is null
                ? "Payment complete." : "The bank did not return any further details with this decline.",
            type = Failure is null ? "authorized" : "issuer_declined",
        },
        paid = Status == "succeeded",
        payment_intent = PaymentIntent,
        payment_method = PaymentMethod,
        payment_method_details = new { card = new { brand = "visa", country = "US", funding = "credit", last4 = "4242" },
            type = "card" },
        receipt_url = (string?)null,
        refunded = Status == "succeeded" && UnrefundedMinor == 0,
        source_transfer = (string?)null,
        status = Status,
        transfer_group = TransferGroup,
    };
}
