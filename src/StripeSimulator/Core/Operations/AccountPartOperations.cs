namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What belongs to a connected account: its capability, its bank account, the person who holds it.</summary>
internal sealed class AccountPartOperations(Books books, AccountOperations accounts)
{
    private const string Transfers = "transfers";
    private static readonly ParameterCheck s_get = new([], ["expand"]);
    private static readonly ParameterCheck s_request = new(["requested!"], ["expand"]);
    private static readonly ParameterCheck s_list = ParameterCheck.List("object");
    private static readonly ParameterCheck s_persons = new(
        ["limit#", "starting_after", "ending_before"], ["expand", "relationship"]);

    public SimResponse Capabilities(string id, FormParameters parameters) =>
        s_get.Refusal(parameters) ?? OfAccount(id, account => ListPage.Of<SimAccount>(
            $"/v1/accounts/{id}/capabilities", parameters, account.TransfersCapability is null ? [] : [account],
            _ => Transfers, _ => account.Created, _ => account.TransfersToStripe()));

    public SimResponse Capability(string id, string capability, FormParameters parameters) =>
        s_get.Refusal(parameters) ?? OfAccount(id, account => capability == Transfers
            ? StripeState.Ok(account.TransfersToStripe()) : StripeErrors.NoSuch("capability", capability, "capability"));

    public SimResponse RequestCapability(string id, string capability, FormParameters parameters, long now) =>
        s_request.Refusal(parameters) ?? OfAccount(id, account =>
        {
            if (capability != Transfers) return StripeErrors.NoSuch("capability", capability, "capability");
            accounts.Changed(now, account with
            {
                TransfersCapability = !parameters.IsTrue("requested") ? null
                    : account.TransfersCapability ?? (account.DetailsSubmitted ? "active" : "inactive"),
            });
            return StripeState.Ok(books.Accounts.Find(id)!.TransfersToStripe());
        });

    /// <summary>One bank account, from the end of onboarding on.</summary>
    public SimResponse ExternalAccounts(string id, FormParameters parameters) =>
        s_list.Refusal(parameters) ?? OfAccount(id, account => ListPage.Of<SimAccount>(
            $"/v1/accounts/{id}/external_accounts", parameters,
            HasBank(account) && parameters["object"] is (null or "bank_account") ? [account] : [],
            _ => account.BankAccountId, _ => account.Created, _ => account.BankAccountToStripe()));

    public SimResponse ExternalAccount(string id, string bankAccount, FormParameters parameters) =>
        s_get.Refusal(parameters) ?? OfAccount(id, account => HasBank(account) && bankAccount == account.BankAccountId
            ? StripeState.Ok(account.BankAccountToStripe()) : StripeErrors.NoSuch("external account", bankAccount));

    /// <summary>The holder, once he has identified himself.</summary>
    public SimResponse Persons(string id, FormParameters parameters) =>
        s_persons.Refusal(parameters) ?? OfAccount(id, account => ListPage.Of<SimAccount>(
            $"/v1/accounts/{id}/persons", parameters, account.DetailsSubmitted ? [account] : [],
            _ => account.PersonId, _ => account.Created, _ => account.PersonToStripe()));

    private static bool HasBank(SimAccount account) =>
        account.DetailsSubmitted && !account.CurrentlyDue.Contains("external_account", StringComparer.Ordinal);

    private SimResponse OfAccount(string id, Func<SimAccount, SimResponse> answer) =>
        books.ConnectedAccount(id) is { } account ? answer(account) : StripeErrors.NoAccess(id);
}
