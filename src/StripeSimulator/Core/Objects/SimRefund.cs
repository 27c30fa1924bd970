namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Money given back to a payer.</summary>
public sealed record SimRefund(
    string Id, long Created, long AmountMinor, string Currency, string Charge, string PaymentIntent, string? Reason,
    string? BalanceTransaction, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>pending, succeeded, failed or canceled.</summary>
    public required string Status { get; init; }

    /// <summary>processing or insufficient_funds, which has moved no money yet; said while it is pending.</summary>
    public string PendingReason { get; init; } = "processing";

    public string? FailureReason { get; init; }

    public string? FailureBalanceTransaction { get; init; }

    public SortedDictionary<string, object?> ToStripe()
    {
        var body = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = Id,
            ["object"] = "refund",
            ["amount"] = AmountMinor,
            ["balance_transaction"] = BalanceTransaction,
            ["charge"] = Charge,
            ["created"] = Created,
            ["currency"] = Currency,
            ["destination_details"] = new { card = new { type = "refund" }, type = "card" },
            ["metadata"] = Metadata,
            ["payment_intent"] = PaymentIntent,
            ["reason"] = Reason,
            ["receipt_number"] = null,
            ["source_transfer_reversal"] = null,
            ["status"] = Status,
            ["transfer_reversal"] = null,
        };
        if (Status == "pending") body["pending_reason"] = PendingReason;
        if (FailureReason is not null) body["failure_reason"] = FailureReason;
        if (FailureBalanceTransaction is not null) body["failure_balance_transaction"] = FailureBalanceTransaction;
        return body;
    }
}
