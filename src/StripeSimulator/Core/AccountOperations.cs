namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Connected accounts.</summary>
internal sealed class AccountOperations(Books books)
{
    private static readonly ParameterCheck OfCreate = new(
        ["type", "country", "email", "default_currency", "business_type"],
        ["metadata", "capabilities", "controller", "expand", "business_profile", "individual", "company", "settings", "tos_acceptance"]);

    private static readonly ParameterCheck OfUpdate = new(
        ["email", "default_currency", "business_type"],
        ["metadata", "capabilities", "expand", "business_profile", "individual", "company", "settings", "tos_acceptance"]);

    private static readonly ParameterCheck OfGet = new([], ["expand"]);

    /// <summary>A capability that was asked for starts inactive: it becomes active when an operator says the holder has identified himself.</summary>
    public SimResponse Create(FormParameters parameters, long now)
    {
        if (OfCreate.Refusal(parameters) is { } refusal) return refusal;
        var account = new SimAccount(
            books.NextId("acct"), now, parameters["country"] ?? "US", parameters["default_currency"] ?? "usd", parameters["email"],
            RequestsTransfers(parameters) ? "inactive" : null, parameters.Children("metadata"));
        books.Accounts.Add(account.Id, account);
        books.Emit(now, "account.updated", account.ToStripe());
        return StripeState.Ok(account.ToStripe());
    }

    public SimResponse Update(string id, FormParameters parameters, long now)
    {
        if (OfUpdate.Refusal(parameters) is { } refusal) return refusal;
        if (books.Accounts.Find(id) is not { } account) return StripeErrors.NoSuch("account", id);
        var metadata = new SortedDictionary<string, string>(account.Metadata.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in parameters.Children("metadata"))
        {
            if (value.Length == 0) metadata.Remove(name);
            else metadata[name] = value;
        }

        return Changed(now, account with
        {
            Email = parameters["email"] ?? account.Email,
            Metadata = metadata,
            TransfersCapability = account.TransfersCapability ?? (RequestsTransfers(parameters) ? "inactive" : null),
        });
    }

    public SimResponse Get(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
        ?? (books.Accounts.Find(id) is { } account ? StripeState.Ok(account.ToStripe()) : StripeErrors.NoSuch("account", id));

    public SimResponse List(FormParameters parameters) =>
        ParameterCheck.List().Refusal(parameters) ?? ListPage.Of(
            "/v1/accounts", parameters, books.Accounts.All, account => account.Id, account => account.Created, account => account.ToStripe());

    public SimResponse SetCapability(string id, string status, string? disabledReason, long now) =>
        books.Accounts.Find(id) is { } account
            ? Changed(now, account with { TransfersCapability = status == "unrequested" ? null : status, DisabledReason = disabledReason })
            : StripeErrors.NoSuch("account", id);

    private SimResponse Changed(long now, SimAccount account)
    {
        books.Accounts.Replace(account.Id, account);
        books.Emit(now, "account.updated", account.ToStripe());
        return StripeState.Ok(account.ToStripe());
    }

    private static bool RequestsTransfers(FormParameters parameters) =>
        string.Equals(parameters["capabilities[transfers][requested]"], "true", StringComparison.OrdinalIgnoreCase);
}
