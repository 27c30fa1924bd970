using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Integration.Payout.Deposits;

/// <summary>Players who pay into their wallets at a simulated Stripe.</summary>
internal sealed class DepositRig
{
    private readonly PayoutWorld world;
    private readonly CallRunner calls;
    private readonly DepositReader reader;
    private readonly PaymentIntentService intents;

    /// <param name="wire">What stands between Payout and Stripe; null: nothing.</param>
    public DepositRig(PayoutWorld world, DelegatingHandler? wire = null)
    {
        this.world = world;
        calls = world.Calls(wire, new DepositRequestHandler(), new CancelDepositHandler(), new DepositRefundHandler());
        var (options, stripe) = world.Gateway();
        reader = new DepositReader(world.Database, stripe, options);
        intents = new PaymentIntentService(StripeWire.Client(options, new SocketsHttpHandler()));
    }

    public DepositRules Rules { get; init; } = new();

    public Task<(Deposit? Deposit, DepositDecision Decision)> Ask(string player, string request, long amountMinor) =>
        world.Database.Run(tx => tx.AskDeposit(player, new DepositRequest(request, amountMinor, "usd"), Rules), default);

    /// <returns>False when the card was declined.</returns>
    public async Task<bool> Pay(string player, string request, string card = "pm_card_visa")
    {
        var intentId = (await Of(player, request)).IntentId!;
        try
        {
            await intents.ConfirmAsync(
                intentId, new PaymentIntentConfirmOptions { PaymentMethod = card, ReturnUrl = "https://pipeline.example/" });
        }
        catch (StripeException declined) when (declined.StripeError.Type == "card_error")
        {
            await Hint(intentId);
            return false;
        }

        await Hint(intentId);
        return true;
    }

    /// <summary>A deposit that is in the wallet.</summary>
    public async Task<Deposit> Credited(string player, string request, long amountMinor)
    {
        await Ask(player, request, amountMinor);
        await Run();
        Assert.True(await Pay(player, request));
        await Run();
        return await Of(player, request);
    }

    public async Task<Deposit> Of(string player, string request) =>
        await world.Database.Run(tx => tx.FindDeposit(Deposit.IdOf(player, request)), default)
            ?? throw new InvariantException("no deposit");

    public async Task<string> AtStripe(string intentId) => (await intents.GetAsync(intentId)).Status;

    /// <summary>The event that Stripe would send, so often as given.</summary>
    public async Task Hint(string intentId, int times = 1)
    {
        for (var i = 0; i < times; i++) await world.Database.Run(tx => tx.HintDeposit(intentId), default);
    }

    /// <summary>Calls and readings until nothing is due. The clock stands.</summary>
    public async Task Run()
    {
        for (var round = 0; round < 400; round++)
            if (await calls.RunOnce(default) + await reader.ReadStale(default) == 0) return;

        Assert.Fail("deposits did not come to rest");
    }

    /// <summary>As <see cref="Run"/>, the clock put forward until no call is open.</summary>
    public async Task RunToRest()
    {
        for (var round = 0; round < 300; round++)
        {
            await Run();
            if (await world.Scalar<long>("select count(*) from payout.stripe_call where state = 'open'") == 0) return;
            world.Clock.Forward(TimeSpan.FromMinutes(6));
        }

        Assert.Fail("the calls did not come to rest");
    }

    public async Task<long> Balance(string account) => await world.Scalar<long>(
        $"select coalesce(sum(balance_minor), 0)::bigint from payout.ledger_account where account = '{account}'");

    /// <summary>What Stripe's balance and the ledger say of deposits is the same to the cent, and the ledger is whole.</summary>
    public async Task EveryCentIsAccountedFor()
    {
        Assert.Equal(
            await world.StripeNetMinor(m => m.Type is "charge" or "payment" or "refund" or "payment_refund" or "refund_failure"),
            await world.Scalar<long>(
                """
                select coalesce(sum(case when debit_account = 'stripe_balance' then amount_minor else -amount_minor end), 0)::bigint
                from payout.ledger_transfer
                where 'stripe_balance' in (debit_account, credit_account) and code in ('deposit', 'stripe-fee', 'deposit-refund',
                    'deposit-refund-failed')
                """));
        await world.LedgerIsClean();
    }
}
