namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Money moved from the platform to a connected account.</summary>
public sealed record SimTransfer(
    string Id, long Created, long AmountMinor, string Currency, string Destination, string? TransferGroup, string? Description,
    string BalanceTransaction, IReadOnlyDictionary<string, string> Metadata)
{
    public string? SourceTransaction { get; init; }

    /// <summary>What the account holds: a transfer in another currency is turned into it.</summary>
    public required string ArrivesIn { get; init; }

    public IReadOnlyList<SimReversal> Reversals { get; init; } = [];

    public long ReversedMinor => Reversals.Sum(reversal => reversal.AmountMinor);

    /// <returns>What so much of the transfer is in the account's own currency: a tenth more than in another one, whichever that
    /// is.</returns>
    public long ArrivedMinor(long amountMinor) => Currency == ArrivesIn ? amountMinor : amountMinor * 11 / 10;

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
        source_transaction = SourceTransaction,
        source_type = "card",
        transfer_group = TransferGroup,
    };
}

/// <summary>Money taken back from a connected account.</summary>
public sealed record SimReversal(
    string Id, long Created, long AmountMinor, string Currency, string Transfer, string BalanceTransaction,
    IReadOnlyDictionary<string, string> Metadata)
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
