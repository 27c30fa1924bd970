namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Transfers and their reversals.</summary>
internal sealed class TransferOperations(Books books)
{
    private static readonly ParameterCheck OfCreate = new(
        ["amount!#", "currency!", "destination!", "description", "source_transaction", "source_type", "transfer_group"],
        ["metadata", "expand"]);

    private static readonly ParameterCheck OfReverse = new(
        ["amount#", "description", "refund_application_fee"], ["metadata", "expand"]);

    private static readonly ParameterCheck OfUpdate = new(["description"], ["metadata", "expand"]);

    private static readonly ParameterCheck OfGet = new([], ["expand"]);

    private static readonly ParameterCheck OfList = ParameterCheck.List("destination", "transfer_group");

    public SimResponse Create(FormParameters parameters, long now, bool withoutFunds)
    {
        if (OfCreate.Refusal(parameters) is { } refusal) return refusal;
        var amountMinor = parameters.Whole("amount")!.Value;
        if (amountMinor < 1) return StripeErrors.Invalid("amount", "This value must be greater than or equal to 1.");
        var currency = parameters["currency"]!.ToLowerInvariant();
        if (currency.Length != 3) return StripeErrors.Invalid("currency", $"Invalid currency: {currency}.");
        if (books.ConnectedAccount(parameters["destination"]!) is not { } destination)
            return StripeErrors.NoSuch("destination", parameters["destination"]!, "destination", 400);

        if (destination.TransfersCapability != "active") return StripeErrors.CapabilityMissing();
        if (SourceRefusal(parameters["source_transaction"], amountMinor, currency, out var source) is { } badSource)
            return badSource;
        if (withoutFunds || (source is null && books.AvailableMinor(currency) < amountMinor))
            return StripeErrors.InsufficientBalance();

        var id = books.NextId("tr");
        var movement = books.Move(now, Math.Max(now, source?.AvailableOn ?? now), -amountMinor, currency, "transfer", id);
        var transfer = new SimTransfer(
            id, now, amountMinor, currency, destination.Id, parameters["transfer_group"] ?? source?.TransferGroup,
            parameters["description"], movement.Id, parameters.Children("metadata"))
        {
            SourceTransaction = source?.Id, ArrivesIn = destination.DefaultCurrency,
        };
        books.MoveAccount(destination.Id, now, transfer.ArrivedMinor(amountMinor), transfer.ArrivesIn, "payment", PaymentOf(id));
        books.Transfers.Add(id, transfer);
        books.Emit(now, "transfer.created", transfer.ToStripe());
        return StripeState.Ok(transfer.ToStripe());
    }

    public SimResponse Get(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
        ?? (books.Transfers.Find(id) is { } transfer ? StripeState.Ok(transfer.ToStripe()) : StripeErrors.NoSuch("transfer", id));

    /// <summary>Whoever has the key or the dashboard may write other metadata; amount, destination and group stay.</summary>
    public SimResponse Update(string id, FormParameters parameters, long now)
    {
        if (OfUpdate.Refusal(parameters) is { } refusal) return refusal;
        if (books.Transfers.Find(id) is not { } transfer) return StripeErrors.NoSuch("transfer", id);
        transfer = transfer with { Description = parameters["description"] ?? transfer.Description,
            Metadata = parameters.Merge("metadata", transfer.Metadata) };
        books.Transfers.Replace(id, transfer);
        books.Emit(now, "transfer.updated", transfer.ToStripe());
        return StripeState.Ok(transfer.ToStripe());
    }

    public SimResponse List(FormParameters parameters) =>
        OfList.Refusal(parameters) ?? ListPage.Of(
            "/v1/transfers", parameters,
            books.Transfers.All.Where(transfer =>
                (parameters["destination"] is not { } destination || transfer.Destination == destination)
                && (parameters["transfer_group"] is not { } group || transfer.TransferGroup == group)),
            transfer => transfer.Id, transfer => transfer.Created, transfer => transfer.ToStripe());

    public SimResponse Reverse(string transferId, FormParameters parameters, long now)
    {
        if (OfReverse.Refusal(parameters) is { } refusal) return refusal;
        if (books.Transfers.Find(transferId) is not { } transfer) return StripeErrors.NoSuch("transfer", transferId);
        var leftMinor = transfer.AmountMinor - transfer.ReversedMinor;
        var amountMinor = parameters.Whole("amount") ?? leftMinor;
        if (parameters["amount"] is not null && amountMinor < 1)
            return StripeErrors.Invalid("amount", "This value must be greater than or equal to 1.");

        if (leftMinor == 0) return StripeErrors.Business($"Transfer {transferId} is already fully reversed.");
        if (amountMinor > leftMinor)
            return StripeErrors.Business(
                $"Transfer amount ({amountMinor}) is greater than unreversed amount ({leftMinor}).", "amount");
        var backMinor = transfer.ArrivedMinor(transfer.ReversedMinor + amountMinor)
            - transfer.ArrivedMinor(transfer.ReversedMinor);
        if (books.AccountMinor(transfer.Destination, transfer.ArrivesIn) < backMinor)
            return StripeErrors.DestinationBalanceInsufficient();

        var id = books.NextId("trr");
        var movement = books.Move(now, now, amountMinor, transfer.Currency, "transfer_refund", id);
        books.MoveAccount(transfer.Destination, now, -backMinor, transfer.ArrivesIn, "payment_refund", PaymentOf(transferId));
        var reversal = new SimReversal(
            id, now, amountMinor, transfer.Currency, transferId, movement.Id, parameters.Children("metadata"));
        var reversed = transfer with { Reversals = [.. transfer.Reversals, reversal] };
        books.Transfers.Replace(transferId, reversed);
        books.Emit(now, "transfer.reversed", reversed.ToStripe());
        return StripeState.Ok(reversal.ToStripe());
    }

    public SimResponse GetReversal(string transferId, string id, FormParameters parameters)
    {
        if (OfGet.Refusal(parameters) is { } refusal) return refusal;
        if (books.Transfers.Find(transferId) is not { } transfer) return StripeErrors.NoSuch("transfer", transferId);
        var reversal = transfer.Reversals.SingleOrDefault(candidate => candidate.Id == id);
        return reversal is null ? StripeErrors.NoSuch("transfer_reversal", id) : StripeState.Ok(reversal.ToStripe());
    }

    public SimResponse ListReversals(string transferId, FormParameters parameters)
    {
        if (ParameterCheck.List().Refusal(parameters) is { } refusal) return refusal;
        if (books.Transfers.Find(transferId) is not { } transfer) return StripeErrors.NoSuch("transfer", transferId);
        return ListPage.Of(
            $"/v1/transfers/{transferId}/reversals", parameters, transfer.Reversals,
            reversal => reversal.Id, reversal => reversal.Created, reversal => reversal.ToStripe());
    }

    /// <summary>Money of one charge can be passed on before it is available, and never more than was charged.</summary>
    private SimResponse? SourceRefusal(string? chargeId, long amountMinor, string currency, out SimCharge? source)
    {
        source = chargeId is null ? null : books.Charges.Find(chargeId);
        if (chargeId is null) return null;
        if (source is null) return StripeErrors.NoSuch("charge", chargeId, "source_transaction", 400);
        if (source.Status != "succeeded" || source.Currency != currency)
            return StripeErrors.Business(
                "The source transaction must be a successful charge in the currency of the transfer.", "source_transaction");
        var usedMinor = books.Transfers.All.Where(transfer => transfer.SourceTransaction == chargeId)
            .Sum(transfer => transfer.AmountMinor - transfer.ReversedMinor);
        return usedMinor + amountMinor <= source.AmountMinor
            ? null
            : StripeErrors.Business("Transfers using this transaction as a source must not exceed the source amount.", "amount");
    }

    private static string PaymentOf(string transferId) => transferId.Replace("tr_", "py_", StringComparison.Ordinal);
}
