namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Money sent from the balance of a connected account to its bank.</summary>
public sealed record SimPayout(
    string Id, string Account, long Created, long AmountMinor, string Currency, string BalanceTransaction)
{
    private const long ArrivalSeconds = 2L * 24 * 60 * 60;

    /// <summary>in_transit, paid, failed or canceled.</summary>
    public string Status { get; init; } = "in_transit";

    /// <summary>False: somebody asked for it, rather than the account's schedule.</summary>
    public bool IsAutomatic { get; init; } = true;

    /// <summary>standard or instant.</summary>
    public string Method { get; init; } = "standard";

    public string? StatementDescriptor { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public string? FailureCode { get; init; }

    public string? FailureBalanceTransaction { get; init; }

    public object ToStripe() => new
    {
        id = Id,
        @object = "payout",
        amount = AmountMinor,
        application_fee = (string?)null,
        application_fee_amount = (long?)null,
        arrival_date = Created + ArrivalSeconds,
        automatic = IsAutomatic,
        balance_transaction = BalanceTransaction,
        created = Created,
        currency = Currency,
        description = Description ?? "STRIPE PAYOUT",
        destination = $"ba_{Account["acct_".Length..]}",
        failure_balance_transaction = FailureBalanceTransaction,
        failure_code = FailureCode,
        failure_message = FailureCode is null ? null : "The bank could not accept the payout.",
        livemode = false,
        metadata = Metadata,
        method = Method,
        original_payout = (string?)null,
        payout_method = (string?)null,
        reconciliation_status = Status == "paid" ? "completed" : "in_progress",
        reversed_by = (string?)null,
        source_type = "card",
        statement_descriptor = StatementDescriptor,
        status = Status,
        trace_id = (object?)null,
        type = "bank_account",
    };
}
