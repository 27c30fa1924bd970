namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Everything that can be asked of Stripe, by the name of the operation.</summary>
internal sealed class AllOperations
{
    private readonly EventOperations events;
    private readonly TransferOperations transfers;
    private readonly BalanceOperations balances;
    private readonly PaymentSearch search;
    private readonly PaymentMethodOperations methods;
    private readonly CustomerOperations customers;
    private readonly AccountPartOperations parts;

    public AllOperations(Books books)
    {
        Accounts = new AccountOperations(books);
        Links = new AccountLinkOperations(books, Accounts);
        Disputes = new DisputeOperations(books);
        methods = new PaymentMethodOperations(books);
        customers = new CustomerOperations(books, methods);
        SetupIntents = new SetupIntentOperations(books, methods);
        Payments = new PaymentOperations(books, Disputes, methods);
        parts = new AccountPartOperations(books, Accounts);
        search = new PaymentSearch(books);
        Charges = new ChargeOperations(books);
        Payouts = new PayoutOperations(books, Accounts);
        Webhooks = new WebhookEndpointOperations(books);
        events = new EventOperations(books);
        transfers = new TransferOperations(books);
        balances = new BalanceOperations(books);
    }

    public AccountOperations Accounts { get; }

    public AccountLinkOperations Links { get; }

    public DisputeOperations Disputes { get; }

    public SetupIntentOperations SetupIntents { get; }

    public PaymentOperations Payments { get; }

    public ChargeOperations Charges { get; }

    public PayoutOperations Payouts { get; }

    public WebhookEndpointOperations Webhooks { get; }

    public SimResponse Perform(SimRequest request, FormParameters parameters, bool withoutFunds)
    {
        var name = Routes.Endpoint(request) ?? "";
        var now = request.At.ToUnixTimeSeconds();
        string[] segments = [.. request.Path.Split('/')[2..], "", ""];
        return OfPayments(name, segments[1], parameters, now)
            ?? OfCustomers(name, segments[1], parameters, now)
            ?? OfAccountParts(name, segments, parameters, now)
            ?? OfAccounts(name, segments[1], parameters, request.StripeAccount, now)
            ?? OfBalance(name, segments, parameters, request.StripeAccount, now, withoutFunds)
            ?? (name switch
            {
                "early_fraud_warnings.list" => Disputes.ListWarnings(parameters),
                "early_fraud_warnings.get" => Disputes.GetWarning(segments[2], parameters),
                "webhook_endpoints.create" => Webhooks.Create(parameters, now),
                "webhook_endpoints.list" => Webhooks.List(parameters),
                "webhook_endpoints.get" => Webhooks.Get(segments[1], parameters),
                "webhook_endpoints.update" => Webhooks.Update(segments[1], parameters),
                "webhook_endpoints.delete" => Webhooks.Delete(segments[1], parameters),
                _ => StripeErrors.UnknownUrl(request.Method, request.Path),
            });
    }

    /// <summary>The pages an account holder's browser is led to.</summary>
    public SimResponse Page(SimRequest request) => (request.Method, request.Path.Split('/')[1..]) switch
    {
        ("GET", ["setup", var account, var token]) => Links.Visit(account, token, request.At.ToUnixTimeSeconds()),
        ("POST", ["setup", var account, var token, var outcome]) =>
            Links.Finish(account, token, outcome, request.At.ToUnixTimeSeconds()),
        ("GET", ["express", var account, _]) => AccountLinkOperations.Dashboard(account),
        _ => StripeErrors.UnknownUrl(request.Method, request.Path),
    };

    private SimResponse? OfPayments(string name, string id, FormParameters parameters, long now) => name switch
    {
        "payment_intents.create" => Payments.Create(parameters, now),
        "payment_intents.list" => Payments.List(parameters),
        "payment_intents.search" => search.Search(parameters),
        "payment_intents.get" => Payments.Get(id, parameters),
        "payment_intents.update" => Payments.Update(id, parameters, now),
        "payment_intents.confirm" => Payments.Confirm(id, parameters, now),
        "payment_intents.cancel" => Payments.Cancel(id, parameters, now),
        "charges.list" => Charges.List(parameters),
        "charges.get" => Charges.Get(id, parameters),
        "refunds.create" => Charges.Refund(parameters, now),
        "refunds.list" => Charges.ListRefunds(parameters),
        "refunds.get" => Charges.GetRefund(id, parameters),
        "disputes.list" => Disputes.List(parameters, now),
        "disputes.get" => Disputes.Get(id, parameters, now),
        "disputes.close" => Disputes.Close(id, parameters, now),
        _ => null,
    };

    private SimResponse? OfCustomers(string name, string id, FormParameters parameters, long now) => name switch
    {
        "customers.create" => customers.Create(parameters, now),
        "customers.list" => customers.List(parameters),
        "customers.get" => customers.Get(id, parameters),
        "customers.update" => customers.Update(id, parameters, now),
        "customers.delete" => customers.Delete(id, parameters, now),
        "customers.payment_methods" => methods.OfCustomer(id, parameters),
        "payment_methods.create" => methods.Create(parameters, now),
        "payment_methods.list" => methods.List(parameters),
        "payment_methods.get" => methods.Get(id, parameters, now),
        "payment_methods.update" => methods.Update(id, parameters),
        "payment_methods.attach" => methods.Attach(id, parameters, now),
        "payment_methods.detach" => methods.Detach(id, parameters, now),
        "setup_intents.create" => SetupIntents.Create(parameters, now),
        "setup_intents.list" => SetupIntents.List(parameters),
        "setup_intents.get" => SetupIntents.Get(id, parameters),
        "setup_intents.update" => SetupIntents.Update(id, parameters),
        "setup_intents.confirm" => SetupIntents.Confirm(id, parameters, now),
        "setup_intents.cancel" => SetupIntents.Cancel(id, parameters, now),
        _ => null,
    };

    private SimResponse? OfAccountParts(string name, string[] segments, FormParameters parameters, long now) => name switch
    {
        "capabilities.list" => parts.Capabilities(segments[1], parameters),
        "capabilities.get" => parts.Capability(segments[1], segments[3], parameters),
        "capabilities.update" => parts.RequestCapability(segments[1], segments[3], parameters, now),
        "external_accounts.list" => parts.ExternalAccounts(segments[1], parameters),
        "external_accounts.get" => parts.ExternalAccount(segments[1], segments[3], parameters),
        "persons.list" => parts.Persons(segments[1], parameters),
        _ => null,
    };

    private SimResponse? OfAccounts(string name, string id, FormParameters parameters, string? account, long now) => name switch
    {
        "account_links.create" => Links.Create(parameters, now),
        "login_links.create" => Links.Login(id, parameters, now),
        "account.get" => AccountOperations.Platform(parameters),
        "accounts.create" => Accounts.Create(parameters, now),
        "accounts.list" => Accounts.List(parameters),
        "accounts.get" => Accounts.Get(id, parameters),
        "accounts.update" => Accounts.Update(id, parameters, now),
        "accounts.delete" => Accounts.Delete(id, parameters),
        "accounts.reject" => Accounts.Reject(id, parameters, now),
        "payouts.create" => Payouts.Create(parameters, account, now),
        "payouts.cancel" => Payouts.Cancel(id, parameters, account, now),
        "payouts.list" => Payouts.List(parameters, account),
        "payouts.get" => Payouts.Get(id, parameters, account),
        "events.list" => events.List(parameters, account, now),
        "events.get" => events.Get(id, parameters, account, now),
        _ => null,
    };

    private SimResponse? OfBalance(
        string name, string[] segments, FormParameters parameters, string? account, long now, bool withoutFunds) => name switch
    {
        "transfers.create" => transfers.Create(parameters, now, withoutFunds),
        "transfers.list" => transfers.List(parameters),
        "transfers.get" => transfers.Get(segments[1], parameters),
        "transfers.update" => transfers.Update(segments[1], parameters, now),
        "reversals.create" => transfers.Reverse(segments[1], parameters, now),
        "reversals.list" => transfers.ListReversals(segments[1], parameters),
        "reversals.get" => transfers.GetReversal(segments[1], segments[3], parameters),
        "balance.get" => balances.Balance(parameters, account),
        "balance_transactions.list" => balances.Movements(parameters, account, now),
        "balance_transactions.get" => balances.Movement(segments[1], parameters, account, now),
        "topups.create" => balances.Topup(parameters, now),
        _ => null,
    };
}
