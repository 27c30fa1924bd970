namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The operator as account holder, as Stripe's review, and as the holder's bank.</summary>
internal sealed class AdminAccounts(Books books, AllOperations operations)
{
    /// <returns>Null when the command is none about accounts.</returns>
    public SimResponse? Execute(string[] segments, AdminBody body, long now) => segments switch
    {
        ["accounts", var id, "capabilities"] => Capability(id, body, now),
        ["accounts", var id, "balance"] => Balance(id, body),
        ["accounts", var id, "onboarding"] => Onboarding(id, body, now),
        ["accounts", var id, "restrict"] => operations.Accounts.Restrict(
            id, body.Texts("currently_due") ?? ["individual.verification.document"],
            body.Text("disabled_reason") ?? "requirements.past_due", body.IsTrue("transfers_go_on"), now),
        ["accounts", var id, "reject"] => operations.Accounts.RejectAs(id, body.Text("disabled_reason") ?? "rejected.fraud", now),
        ["accounts", var id, "deauthorize"] => operations.Accounts.Deauthorize(id, now),
        ["accounts", var id, "payouts"] =>
            operations.Payouts.Make(id, body.Whole("amount_minor"), body.Text("currency") ?? "usd", now),
        ["payouts", var id, "paid"] => operations.Payouts.Paid(id, now),
        ["payouts", var id, "failed"] => operations.Payouts.Failed(id, body.Text("failure_code") ?? "account_closed", now),
        ["payouts", var id, "canceled"] => operations.Payouts.Canceled(id, now),
        _ => null,
    };

    private SimResponse Capability(string id, AdminBody body, long now) =>
        body.Text("transfers") is "active" or "inactive" or "pending" or "unrequested"
            ? operations.Accounts.SetCapability(id, body.Text("transfers")!, body.Text("disabled_reason"), now)
            : AdminOperations.Refused("transfers must be active, inactive, pending or unrequested");

    private SimResponse Onboarding(string id, AdminBody body, long now) =>
        (body.Text("outcome") ?? "complete") is "complete" or "pending" or "incomplete"
            ? operations.Accounts.Onboard(id, body.Text("outcome") ?? "complete", now)
            : AdminOperations.Refused("outcome must be complete, pending or incomplete");

    private SimResponse Balance(string id, AdminBody body)
    {
        if (books.Accounts.Find(id) is null) return StripeErrors.NoSuch("account", id);
        var currency = body.Text("currency") ?? "usd";
        books.ChangeAccount(id, currency, body.Whole("delta_minor") ?? 0);
        return StripeState.Ok(new { account = id, currency, balance_minor = books.AccountMinor(id, currency) });
    }
}
