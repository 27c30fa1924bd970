using System.Globalization;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The platform's balance, its movements, top-ups and the events of the last 30 days.</summary>
internal sealed class BalanceOperations(Books books)
{
    private const long EventRetentionSeconds = 30L * 24 * 60 * 60;

    private static readonly ParameterCheck OfGet = new([], ["expand"]);
    private static readonly ParameterCheck OfMovements = ParameterCheck.List("currency", "payout", "source", "type");
    private static readonly ParameterCheck OfEvents = ParameterCheck.List("type", "delivery_success");

    private static readonly ParameterCheck OfTopup = new(
        ["amount!#", "currency!", "description", "source", "statement_descriptor", "transfer_group"], ["metadata", "expand"]);

    public SimResponse Balance(FormParameters parameters) => OfGet.Refusal(parameters) ?? StripeState.Ok(books.BalanceToStripe());

    public SimResponse Movements(FormParameters parameters, long now) =>
        OfMovements.Refusal(parameters) ?? ListPage.Of(
            "/v1/balance_transactions", parameters,
            books.BalanceTransactions.All.Where(movement =>
                (parameters["currency"] is not { } currency || movement.Currency == currency)
                && (parameters["source"] is not { } source || movement.Source == source)
                && (parameters["type"] is not { } type || movement.Type == type)),
            movement => movement.Id, movement => movement.Created, movement => movement.ToStripe(now));

    public SimResponse Movement(string id, FormParameters parameters, long now) =>
        OfGet.Refusal(parameters)
        ?? (books.BalanceTransactions.Find(id) is { } movement
            ? StripeState.Ok(movement.ToStripe(now))
            : StripeErrors.NoSuch("balance transaction", id));

    public SimResponse Topup(FormParameters parameters, long now)
    {
        if (OfTopup.Refusal(parameters) is { } refusal) return refusal;
        var amountMinor = long.Parse(parameters["amount"]!, CultureInfo.InvariantCulture);
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
        books.Emit(now, "topup.succeeded", topup);
        return StripeState.Ok(topup);
    }

    public SimResponse Events(FormParameters parameters, long now)
    {
        if (OfEvents.Refusal(parameters) is { } refusal) return refusal;
        var types = parameters.Children("types").Values.ToHashSet(StringComparer.Ordinal);
        if (parameters["type"] is { } type) types.Add(type);
        return ListPage.Of(
            "/v1/events", parameters,
            books.Events.All.Where(happened => happened.Created > now - EventRetentionSeconds && (types.Count == 0 || types.Contains(happened.Type))),
            happened => happened.Id, happened => happened.Created, happened => happened.ToStripe());
    }

    public SimResponse Event(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
        ?? (books.Events.Find(id) is { } happened ? StripeState.Ok(happened.ToStripe()) : StripeErrors.NoSuch("event", id));
}
