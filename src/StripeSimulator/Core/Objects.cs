using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>A connected account.</summary>
public sealed record SimAccount(
    string Id, long Created, string Country, string DefaultCurrency, string? Email, string? TransfersCapability, IReadOnlyDictionary<string, string> Metadata)
{
    public string? DisabledReason { get; init; }

    public object ToStripe() => new
    {
        id = Id,
        @object = "account",
        capabilities = TransfersCapability is null ? new Dictionary<string, string>() : new() { ["transfers"] = TransfersCapability },
        charges_enabled = false,
        country = Country,
        created = Created,
        default_currency = DefaultCurrency,
        details_submitted = TransfersCapability == "active",
        email = Email,
        metadata = Metadata,
        payouts_enabled = TransfersCapability == "active",
        requirements = new
        {
            alternatives = Array.Empty<object>(),
            current_deadline = (long?)null,
            currently_due = TransfersCapability == "active" ? Array.Empty<string>() : ["individual.verification.document"],
            disabled_reason = DisabledReason,
            errors = Array.Empty<object>(),
            eventually_due = Array.Empty<string>(),
            past_due = Array.Empty<string>(),
            pending_verification = Array.Empty<string>(),
        },
        type = "express",
    };
}

/// <summary>Money moved from the platform to a connected account.</summary>
public sealed record SimTransfer(
    string Id, long Created, long AmountMinor, string Currency, string Destination, string? TransferGroup, string? Description,
    string BalanceTransaction, IReadOnlyDictionary<string, string> Metadata)
{
    public IReadOnlyList<SimReversal> Reversals { get; init; } = [];

    public long ReversedMinor => Reversals.Sum(reversal => reversal.AmountMinor);

    public object ToStripe() => new
    {
        id = Id,
        @object = "transfer",
        amount = AmountMinor,
        amount_reversed = ReversedMinor,
        balance_transaction = BalanceTransaction,
        created = Created,
        currency = Currency,
        description = Description,
        destination = Destination,
        destination_payment = Id.Replace("tr_", "py_", StringComparison.Ordinal),
        livemode = false,
        metadata = Metadata,
        reversals = new
        {
            @object = "list",
            data = Reversals.Reverse().Select(reversal => reversal.ToStripe()),
            has_more = false,
            total_count = Reversals.Count,
            url = $"/v1/transfers/{Id}/reversals",
        },
        reversed = ReversedMinor == AmountMinor,
        source_transaction = (string?)null,
        source_type = "card",
        transfer_group = TransferGroup,
    };
}

/// <summary>Money taken back from a connected account.</summary>
public sealed record SimReversal(
    string Id, long Created, long AmountMinor, string Currency, string Transfer, string BalanceTransaction, IReadOnlyDictionary<string, string> Metadata)
{
    public object ToStripe() => new
    {
        id = Id,
        @object = "transfer_reversal",
        amount = AmountMinor,
        balance_transaction = BalanceTransaction,
        created = Created,
        currency = Currency,
        destination_payment_refund = (string?)null,
        metadata = Metadata,
        source_refund = (string?)null,
        transfer = Transfer,
    };
}

/// <summary>One movement of the platform's balance.</summary>
public sealed record SimBalanceTransaction(string Id, long Created, long AvailableOn, long AmountMinor, string Currency, string Type, string Source)
{
    public object ToStripe(long now) => new
    {
        id = Id,
        @object = "balance_transaction",
        amount = AmountMinor,
        available_on = AvailableOn,
        balance_type = "payments",
        created = Created,
        currency = Currency,
        description = (string?)null,
        exchange_rate = (decimal?)null,
        fee = 0,
        fee_details = Array.Empty<object>(),
        net = AmountMinor,
        reporting_category = Type == "transfer_refund" ? "transfer_reversal" : Type,
        source = Source,
        status = AvailableOn <= now ? "available" : "pending",
        type = Type,
    };
}

/// <summary>Something that happened, with the object as it was then.</summary>
public sealed record SimEvent(string Id, long Created, string Type, string ObjectJson)
{
    public object ToStripe() => new
    {
        id = Id,
        @object = "event",
        api_version = ApiVersion,
        created = Created,
        data = new { @object = JsonSerializer.Deserialize<JsonElement>(ObjectJson) },
        livemode = false,
        pending_webhooks = 0,
        request = new { id = (string?)null, idempotency_key = (string?)null },
        type = Type,
    };

    public const string ApiVersion = "2026-10-28.endive";
}
