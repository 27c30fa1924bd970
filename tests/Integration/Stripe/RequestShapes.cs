using Stripe;

namespace ContestPipeline.Integration.Stripe;

/// <summary>Every request the client can make, with every parameter it can carry.</summary>
internal static class RequestShapes
{
    private const string FraudWarnings = "early fraud warning";

    /// <summary>
    /// The form checker's description of Stripe was cut down to what the product uses and leaves the fraud warnings out.
    /// </summary>
    public static bool Knows(string judge, string request) =>
        judge != RequestJudges.FormCheck || !request.Contains(FraudWarnings, StringComparison.Ordinal);

    public static Dictionary<string, Func<StripeClient, Task>> All { get; } =
        OfTransfersAndAccounts.Concat(OfLinksPayoutsAndWebhooks).Concat(PaymentShapes.All)
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    private static Dictionary<string, Func<StripeClient, Task>> OfTransfersAndAccounts => new()
    {
        ["create a transfer"] = client => client.V1.Transfers.CreateAsync(
            new TransferCreateOptions
            {
                Amount = 1_250, Currency = "usd", Destination = "acct_1", TransferGroup = "contest-1",
                Description = "Prizes & more",
                SourceTransaction = "ch_1", Metadata = new() { ["payout_id"] = "p 1" }, Expand = ["balance_transaction"],
            },
            new RequestOptions { IdempotencyKey = "k", StripeAccount = "acct_2" }),
        ["get a transfer"] = client => client.V1.Transfers.GetAsync("tr_1", new TransferGetOptions { Expand = ["destination"] }),
        ["list transfers"] = client => client.V1.Transfers.ListAsync(new TransferListOptions
        {
            Created = new DateRangeOptions { GreaterThanOrEqual = DateTime.UnixEpoch.AddYears(50),
                LessThan = DateTime.UnixEpoch.AddYears(51) },
            Destination = "acct_1", TransferGroup = "contest-1", Limit = 100, StartingAfter = "tr_1",
        }),
        ["list transfers of one moment"] = client => client.V1.Transfers.ListAsync(new TransferListOptions
        {
            Created = (DateTime?)DateTime.UnixEpoch.AddYears(50), EndingBefore = "tr_1",
        }),
        ["reverse a transfer"] = client => client.V1.Transfers.Reversals.CreateAsync(
            "tr_1", new TransferReversalCreateOptions { Amount = 5, Description = "Taken back",
                Metadata = new() { ["payout_id"] = "p 1" } }),
        ["reverse a transfer wholly"] = client => client.V1.Transfers.Reversals.CreateAsync("tr_1"),
        ["get a reversal"] = client => client.V1.Transfers.Reversals.GetAsync("tr_1", "trr_1"),
        ["list reversals"] = client =>
            client.V1.Transfers.Reversals.ListAsync("tr_1", new TransferReversalListOptions { Limit = 5 }),
        ["create an account"] = client => client.V1.Accounts.CreateAsync(new AccountCreateOptions
        {
            Country = "US", Email = "player@example.com", Metadata = new() { ["player_id"] = "player-1" },
            Capabilities = new() { Transfers = new() { Requested = true } },
            Controller = new()
            {
                Fees = new() { Payer = "application" }, Losses = new() { Payments = "application" },
                RequirementCollection = "stripe",
                StripeDashboard = new() { Type = "express" },
            },
        }),
        ["get an account"] = client => client.V1.Accounts.GetAsync("acct_1"),
        ["update an account"] = client => client.V1.Accounts.UpdateAsync(
            "acct_1", new AccountUpdateOptions { Email = "other@example.com", Metadata = new() { ["player_id"] = "player-2" } }),
        ["list accounts"] = client =>
            client.V1.Accounts.ListAsync(new AccountListOptions { Limit = 2,
                Created = new DateRangeOptions { LessThanOrEqual = DateTime.UnixEpoch.AddYears(50) } }),
        ["get the balance"] = client => client.V1.Balance.GetAsync(),
        ["list movements of the balance"] = client => client.V1.BalanceTransactions.ListAsync(new BalanceTransactionListOptions
        {
            Created = new DateRangeOptions { GreaterThan = DateTime.UnixEpoch.AddYears(50) }, Currency = "usd", Type = "transfer",
            Source = "tr_1", Limit = 100,
        }),
        ["get an event"] = client => client.V1.Events.GetAsync("evt_1"),
        ["list events"] = client => client.V1.Events.ListAsync(new EventListOptions
        {
            Types = ["account.updated", "transfer.created"], DeliverySuccess = false, EndingBefore = "evt_1", Limit = 100,
            Created = new DateRangeOptions { GreaterThan = DateTime.UnixEpoch.AddYears(50) },
        }),
        ["list events of one type"] = client => client.V1.Events.ListAsync(new EventListOptions { Type = "account.updated" }),
    };

    private static Dictionary<string, Func<StripeClient, Task>> OfLinksPayoutsAndWebhooks => new()
    {
        ["make a top-up"] = client => client.V1.Topups.CreateAsync(new TopupCreateOptions
        {
            Amount = 500_000, Currency = "usd", Description = "Prizes", StatementDescriptor = "PRIZES", TransferGroup = "g",
            Metadata = new() { ["a"] = "b" },
        }),
        ["get a movement of the balance"] = client =>
            client.V1.BalanceTransactions.GetAsync("txn_1", new BalanceTransactionGetOptions { Expand = ["source"] }),
        ["list movements of a bank payout"] = client => client.V1.BalanceTransactions.ListAsync(
            new BalanceTransactionListOptions { Payout = "po_1" }, new RequestOptions { StripeAccount = "acct_1" }),
        ["create an express account by its type"] = client => client.V1.Accounts.CreateAsync(new AccountCreateOptions
        {
            Type = "express", Country = "US", DefaultCurrency = "usd",
        }),
        ["reject an account"] = client =>
            client.V1.Accounts.RejectAsync("acct_1", new AccountRejectOptions { Reason = "fraud_other" }),
        ["delete an account"] = client => client.V1.Accounts.DeleteAsync("acct_1"),
        ["make an account link"] = client => client.V1.AccountLinks.CreateAsync(new AccountLinkCreateOptions
        {
            Account = "acct_1", Type = "account_onboarding", RefreshUrl = "https://platform.example/again",
            ReturnUrl = "https://platform.example/back",
            Collect = "eventually_due",
        }),
        ["make a login link"] = client => client.V1.Accounts.LoginLinks.CreateAsync("acct_1"),
        ["get a bank payout"] = client =>
            client.V1.Payouts.GetAsync("po_1", null, new RequestOptions { StripeAccount = "acct_1" }),
        ["list bank payouts"] = client => client.V1.Payouts.ListAsync(
            new PayoutListOptions
            {
                Status = "failed", Destination = "ba_1",
                Created = new DateRangeOptions { GreaterThan = DateTime.UnixEpoch.AddYears(50) },
                ArrivalDate = new DateRangeOptions { LessThan = DateTime.UnixEpoch.AddYears(51) }, Limit = 100,
            },
            new RequestOptions { StripeAccount = "acct_1" }),
        ["create a webhook endpoint"] = client => client.V1.WebhookEndpoints.CreateAsync(new WebhookEndpointCreateOptions
        {
            Url = "https://platform.example/hooks", EnabledEvents = ["payment_intent.succeeded", "charge.dispute.created"],
            Connect = true,
            ApiVersion = "2026-08-26.dahlia", Description = "Money", Metadata = new() { ["a"] = "b" },
        }),
        ["update a webhook endpoint"] = client => client.V1.WebhookEndpoints.UpdateAsync("we_1", new WebhookEndpointUpdateOptions
        {
            Disabled = true, EnabledEvents = ["*"], Url = "https://platform.example/other",
        }),
        ["get a webhook endpoint"] = client => client.V1.WebhookEndpoints.GetAsync("we_1"),
        ["list webhook endpoints"] = client =>
            client.V1.WebhookEndpoints.ListAsync(new WebhookEndpointListOptions { Limit = 100 }),
        ["delete a webhook endpoint"] = client => client.V1.WebhookEndpoints.DeleteAsync("we_1"),
    };
}
