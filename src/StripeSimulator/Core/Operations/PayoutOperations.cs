namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// Bank payouts of connected accounts. Stripe makes them on a schedule; here an operator does, or whoever asks in the account's
/// name; an operator plays the bank.
/// </summary>
internal sealed class PayoutOperations(Books books, AccountOperations accounts)
{
    private static readonly ParameterCheck OfGet = new([], ["expand"]);
    private static readonly ParameterCheck OfList = ParameterCheck.List("destination", "status");

    private static readonly ParameterCheck s_create = new(
        ["amount!#", "currency!", "description", "destination", "method", "source_type", "statement_descriptor"],
        ["metadata", "expand"]);

    /// <param name="account">In whose name it is asked for; null for the platform, which has no bank here.</param>
    public SimResponse Create(FormParameters parameters, string? account, long now)
    {
        if (s_create.Refusal(parameters) is { } refusal) return refusal;
        if (parameters["method"] is not (null or "standard" or "instant"))
            return StripeErrors.Invalid("method", "Invalid method: must be one of instant or standard");
        if (account is null) return StripeErrors.PayoutsNotAllowed();
        if (parameters.Whole("amount") < 1)
            return StripeErrors.Invalid("amount", "This value must be greater than or equal to 1.");
        return Make(account, parameters.Whole("amount"), parameters["currency"]!.ToLowerInvariant(), now, payout => payout with
        {
            IsAutomatic = false, Method = parameters["method"] ?? "standard", Description = parameters["description"],
            StatementDescriptor = parameters["statement_descriptor"], Metadata = parameters.Children("metadata"),
        });
    }

    /// <summary>Only what has not left: here, until the bank has answered.</summary>
    public SimResponse Cancel(string id, FormParameters parameters, string? account, long now) =>
        OfGet.Refusal(parameters)
        ?? (books.Payouts.Find(id)?.Account != account || account is null
            ? StripeErrors.NoSuch("payout", id) : Canceled(id, now));

    public SimResponse Make(
        string accountId, long? amountMinor, string currency, long now, Func<SimPayout, SimPayout>? asked = null)
    {
        if (books.ConnectedAccount(accountId) is not { } account) return StripeErrors.NoSuch("account", accountId);
        if (!account.PayoutsEnabled) return StripeErrors.PayoutsNotAllowed();
        var paidMinor = amountMinor ?? books.AccountMinor(accountId, currency);
        if (paidMinor < 1 || paidMinor > books.AccountMinor(accountId, currency)) return StripeErrors.InsufficientBalance();
        var id = books.NextId("po");
        var movement = books.MoveAccount(accountId, now, -paidMinor, currency, "payout", id);
        var payout = new SimPayout(id, accountId, now, paidMinor, currency, movement.Id);
        if (asked is not null) payout = asked(payout);
        books.Payouts.Add(id, payout);
        return Changed(payout, "payout.created", now);
    }

    public SimResponse Paid(string id, long now) => books.Payouts.Find(id) switch
    {
        null => StripeErrors.NoSuch("payout", id),
        { Status: "in_transit" } payout => Changed(payout with { Status = "paid" }, "payout.paid", now),
        var payout => StripeErrors.Business($"Payout {id} is {payout.Status}."),
    };

    /// <summary>
    /// Also days after it was reported as paid. The money comes back, and nothing more goes to that bank account until the holder
    /// names another.
    /// </summary>
    public SimResponse Failed(string id, string failureCode, long now)
    {
        if (books.Payouts.Find(id) is not { } payout) return StripeErrors.NoSuch("payout", id);
        if (payout.Status is not ("in_transit" or "paid")) return StripeErrors.Business($"Payout {id} is {payout.Status}.");
        var movement = books.MoveAccount(payout.Account, now, payout.AmountMinor, payout.Currency, "payout_failure", id);
        var answer = Changed(
            payout with { Status = "failed", FailureCode = failureCode, FailureBalanceTransaction = movement.Id },
            "payout.failed", now);
        if (books.ConnectedAccount(payout.Account) is { } account)
            accounts.Changed(now,
                account with { PayoutsEnabled = false, CurrentlyDue = [.. account.CurrentlyDue.Union(["external_account"])] });
        return answer;
    }

    public SimResponse Canceled(string id, long now)
    {
        if (books.Payouts.Find(id) is not { } payout) return StripeErrors.NoSuch("payout", id);
        if (payout.Status != "in_transit") return StripeErrors.Business($"Payout {id} is {payout.Status}.");
        books.MoveAccount(payout.Account, now, payout.AmountMinor, payout.Currency, "payout_cancel", id);
        return Changed(payout with { Status = "canceled" }, "payout.canceled", now);
    }

    /// <param name="account">Whose payouts are looked at; null for the platform, which has none here.</param>
    public SimResponse Get(string id, FormParameters parameters, string? account) =>
        OfGet.Refusal(parameters)
        ?? (books.Payouts.Find(id) is { } payout && payout.Account == account
            ? StripeState.Ok(payout.ToStripe()) : StripeErrors.NoSuch("payout", id));

    public SimResponse List(FormParameters parameters, string? account) =>
        OfList.Refusal(parameters) ?? ListPage.Of(
            "/v1/payouts", parameters,
            books.Payouts.All.Where(payout => payout.Account == account
                && (parameters["status"] is not { } status || payout.Status == status)),
            payout => payout.Id, payout => payout.Created, payout => payout.ToStripe());

    private SimResponse Changed(SimPayout payout, string eventType, long now)
    {
        books.Payouts.Replace(payout.Id, payout);
        books.Emit(now, eventType, payout.ToStripe(), payout.Account);
        return StripeState.Ok(payout.ToStripe());
    }
}
