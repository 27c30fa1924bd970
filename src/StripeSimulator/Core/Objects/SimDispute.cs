namespace ContestPipeline.StripeSimulator.Core;

/// <summary>A payer has asked the bank for the money back.</summary>
public sealed record SimDispute(
    string Id, long Created, long AmountMinor, string Currency, string Charge, string PaymentIntent, string Reason)
{
    public const string NeedsResponse = "needs_response";
    private const long EvidenceSeconds = 7L * 24 * 60 * 60;

    /// <summary>needs_response, won or lost.</summary>
    public string Status { get; init; } = NeedsResponse;

    public IReadOnlyList<SimBalanceTransaction> Movements { get; init; } = [];

    public object ToStripe(long now) => new
    {
        id = Id,
        @object = "dispute",
        amount = AmountMinor,
        balance_transactions = Movements.Select(movement => movement.ToStripe(now)),
        charge = Charge,
        created = Created,
        currency = Currency,
        enhanced_eligibility_types = Array.Empty<string>(),
        evidence = new { },
        evidence_details = new
        {
            due_by = Created + EvidenceSeconds, enhanced_eligibility = new { }, has_evidence = false, past_due = false,
            submission_count = 0,
        },
        is_charge_refundable = false,
        livemode = false,
        metadata = new { },
        network_reason_code = "10.4",
        payment_intent = PaymentIntent,
        payment_method_details = new { card = new { brand = "visa", case_type = "chargeback", network_reason_code = "10.4" },
            type = "card" },
        reason = Reason,
        status = Status,
    };
}

/// <summary>The card's issuer thinks a charge is fraud.</summary>
public sealed record SimFraudWarning(string Id, long Created, string Charge, string PaymentIntent, string FraudType)
{
    /// <param name="actionable">A warning about money that was given back calls for nothing any more.</param>
    public object ToStripe(bool actionable) => new
    {
        id = Id,
        @object = "radar.early_fraud_warning",
        actionable,
        charge = Charge,
        created = Created,
        fraud_type = FraudType,
        livemode = false,
        payment_intent = PaymentIntent,
    };
}
