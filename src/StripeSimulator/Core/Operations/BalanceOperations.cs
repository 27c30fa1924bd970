namespace ContestPipeline.StripeSimulator.Core;

/// <summary>A balance and its movements, the platform's or that of a connected account, and top-ups.</summary>
internal sealed class BalanceOperations(Books books)
{
    private static readonly ParameterCheck OfGet = new([], ["expand"]);
    private static readonly ParameterCheck OfMovements = ParameterCheck.List("currency", "payout", "source", "type");

    private static readonly ParameterCheck OfTopup = new(
        ["amount!#", "currency!", "description", "source", "statement_descriptor", "transfer_group"], ["metadata", "expand"]);

    public SimResponse Balance(FormParameters parameters, string? account) =>
        OfGet.Refusal(parameters)
            ?? StripeState.Ok(account is null ? books.BalanceToStripe() : books.AccountBalanceToStripe(account));

    public SimResponse Movements(FormParameters parameters, string? account, long now) =>
        OfMovements.Refusal(parameters) ?? ListPage.Of(
            "/v1/balance_transactions", parameters,
            books.BalanceTransactions.All.Where(movement =>
                movement.Account == account
                && (parameters["currency"] is not { } currency || movement.Currency == currency)
                && (parameters["payout"] is not { } payout || movement.Source == payout)
                && (parameters["source"] is not { } source || movement.Source == source)
                && (parameters["type"] is not { } type || movement.Type == type)),
            movement => movement.Id, movement => movement.Created, movement => movement.ToStripe(now));

    public SimResponse Movement(string id, FormParameters parameters, string? account, long now) =>
        OfGet.Refusal(parameters)
        ?? (books.BalanceTransactions.Find(id) is { } movement && movement.Account == account
            ? StripeState.Ok(movement.ToStripe(now))
            : StripeErrors.NoSuch("balance transaction", id));

    public SimResponse Topup(FormParameters parameters, long now)
    {
        if (OfTopup.Refusal(parameters) is { } refusal) return refusal;
        var amountMinor = parameters.Whole("amount")!.Value;
        if (amountMinor < 1) return StripeErrors.Invalid("amount", "This value must be greater than or equal to 1.");
        var (id, currency) = (books.NextId("tu"), parameters["currency"]!.ToLowerInvariant());
        var movement = books.Move(now, now, amountMinor, currency, "topup", id);
        var topup = new
        {
            id,
            @object = "topup",
            amount = amountMinor,
            balance_transaction = movement.Id,
            created = now,
            currency,
            description = parameters["description"],
            expected_availability_date = now,
            livemode = false,
            metadata = parameters.Children("metadata"),
            status = "succeeded",
            transfer_group = parameters["transfer_group"],
        };
        books.Emit(now, "topup.created", topup);
        books.Emit(now, "topup.succeeded", topup);
        return StripeState.Ok(topup);
    }
}
