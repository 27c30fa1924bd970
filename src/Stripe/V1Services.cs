namespace Stripe;

/// <summary>The services of the API's first version.</summary>
public sealed class V1Services
{
    internal V1Services(IStripeClient client)
    {
        AccountLinks = new AccountLinkService(client);
        Accounts = new AccountService(client);
        Balance = new BalanceService(client);
        BalanceTransactions = new BalanceTransactionService(client);
        Charges = new ChargeService(client);
        Disputes = new DisputeService(client);
        Events = new EventService(client);
        PaymentIntents = new PaymentIntentService(client);
        Payouts = new PayoutService(client);
        Radar = new RadarService(client);
        Refunds = new RefundService(client);
        Topups = new TopupService(client);
        Transfers = new TransferService(client);
        WebhookEndpoints = new WebhookEndpointService(client);
    }

    public AccountLinkService AccountLinks { get; }

    public AccountService Accounts { get; }

    public BalanceService Balance { get; }

    public BalanceTransactionService BalanceTransactions { get; }

    public ChargeService Charges { get; }

    public DisputeService Disputes { get; }

    public EventService Events { get; }

    public PaymentIntentService PaymentIntents { get; }

    public PayoutService Payouts { get; }

    public RadarService Radar { get; }

    public RefundService Refunds { get; }

    public TopupService Topups { get; }

    public TransferService Transfers { get; }

    public WebhookEndpointService WebhookEndpoints { get; }
}
