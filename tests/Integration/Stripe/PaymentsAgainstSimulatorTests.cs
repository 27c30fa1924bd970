using System.Net;
using Stripe;

namespace ContestPipeline.Integration.Stripe;

/// <summary>Payments, refunds, disputes and accounts over a real connection, as the client reads them.</summary>
public sealed class PaymentsAgainstSimulatorTests : IAsyncLifetime
{
    private StripePlatform platform = null!;

    private V1Services Stripe => platform.Client.V1;

    public async ValueTask InitializeAsync() => platform = await StripePlatform.Start();

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    [Fact]
    public async Task A_paid_entry_fee_is_read_with_its_charge_and_the_fee_Stripe_took()
    {
        var intent = await Intent("pm_card_visa");

        var read = await Stripe.PaymentIntents.GetAsync(
            intent.Id, new PaymentIntentGetOptions { Expand = ["latest_charge.balance_transaction"] });
        var plain = await Stripe.PaymentIntents.GetAsync(intent.Id);

        Assert.Equal(("succeeded", 1_000), (read.Status, read.AmountReceived));
        Assert.Equal((59, 941), (read.LatestCharge.BalanceTransaction.Fee, read.LatestCharge.BalanceTransaction.Net));
        Assert.Equal("stripe_fee", Assert.Single(read.LatestCharge.BalanceTransaction.FeeDetails).Type);
        Assert.Equal(read.LatestCharge.Id, plain.LatestChargeId);
        Assert.Null(plain.LatestCharge);
        Assert.Equal(intent.Id,
            (await Stripe.Charges.ListAsync(new ChargeListOptions { TransferGroup = "entry-1" })).Data.Single().PaymentIntentId);
    }

    [Fact]
    public async Task A_declined_card_is_an_exception_that_carries_the_intent()
    {
        var declined = await Assert.ThrowsAsync<StripeException>(() => Intent("pm_card_chargeDeclinedInsufficientFunds"));

        Assert.Equal((HttpStatusCode.PaymentRequired, "card_error"), (declined.HttpStatusCode, declined.StripeError.Type));
        Assert.Equal(("card_declined", "insufficient_funds"), (declined.StripeError.Code, declined.StripeError.DeclineCode));
        Assert.Equal("requires_payment_method", declined.StripeError.PaymentIntent.Status);
        Assert.Equal("insufficient_funds", declined.StripeError.PaymentIntent.LastPaymentError.DeclineCode);
    }

    [Theory]
    [InlineData("timeout-after")]
    [InlineData("500-committed")]
    public async Task A_refund_whose_answer_was_lost_is_made_once_under_its_key(string kind)
    {
        var intent = await Intent("pm_card_bypassPending");
        await platform.Fault(kind, endpoint: "refunds.create");
        Task<Refund> Send() =>
            Stripe.Refunds.CreateAsync(
                new RefundCreateOptions { PaymentIntent = intent.Id }, new RequestOptions { IdempotencyKey = "r" });

        await Assert.ThrowsAnyAsync<Exception>(Send);
        if (kind == "timeout-after") Assert.Equal("succeeded", (await Send()).Status);
        else await Assert.ThrowsAsync<StripeException>(Send);

        Assert.Equal(1_000,
            Assert.Single((await Stripe.Refunds.ListAsync(new RefundListOptions { PaymentIntent = intent.Id })).Data).Amount);
    }

    [Fact]
    public async Task A_dispute_and_a_warning_come_as_events_with_their_objects()
    {
        var intent = await Intent("pm_card_createIssuerFraudRecord");
        await platform.Admin("disputes", new { payment_intent = intent.Id });

        var events = (await Stripe.Events.ListAsync(new EventListOptions
        {
            Types = ["charge.dispute.created", "radar.early_fraud_warning.created", "payment_intent.succeeded"],
        })).Data;

        var dispute = Assert.IsType<Dispute>(events[0].Data.Object);
        Assert.Equal((intent.Id, 1_000, "needs_response"), (dispute.PaymentIntentId, dispute.Amount, dispute.Status));
        Assert.Equal(
            intent.LatestChargeId, Assert.IsType<global::Stripe.Radar.EarlyFraudWarning>(events[1].Data.Object).ChargeId);
        Assert.Equal("key-pm_card_createIssuerFraudRecord", events[2].Request.IdempotencyKey);
        Assert.Equal(-2_500, (await Stripe.Disputes.GetAsync(dispute.Id)).BalanceTransactions.Single().Net);
    }

    [Fact]
    public async Task A_winner_goes_through_a_link_that_works_once()
    {
        var account = await Stripe.Accounts.CreateAsync(
            new AccountCreateOptions { Type = "express", Capabilities = new() { Transfers = new() { Requested = true } } });
        var link = await Stripe.AccountLinks.CreateAsync(new AccountLinkCreateOptions
        {
            Account = account.Id, Type = "account_onboarding", RefreshUrl = "https://platform.example/again",
            ReturnUrl = "https://platform.example/back",
        });
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        var visit = await browser.GetAsync(link.Url);
        var again = await browser.GetAsync(link.Url);
        var back = await browser.PostAsync(link.Url + "/complete", null);

        Assert.Equal("text/html", visit.Content.Headers.ContentType?.MediaType);
        Assert.Equal("https://platform.example/again", again.Headers.Location?.OriginalString);
        Assert.Equal("https://platform.example/back", back.Headers.Location?.OriginalString);
        Assert.Equal(["inactive", "active"],
            new[] { account.Capabilities.Transfers, (await Stripe.Accounts.GetAsync(account.Id)).Capabilities.Transfers });
        Assert.Equal(TimeSpan.FromMinutes(5), link.ExpiresAt - link.Created);
        Assert.StartsWith(platform.Url, (await Stripe.Accounts.LoginLinks.CreateAsync(account.Id)).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bank_payout_is_read_in_the_name_of_its_account()
    {
        await Stripe.Transfers.CreateAsync(platform.TransferOf(700));
        var made = await platform.Admin($"accounts/{platform.AccountId}/payouts", new { });
        var inName = new RequestOptions { StripeAccount = platform.AccountId };

        var payout = await Stripe.Payouts.GetAsync(made.GetProperty("id").GetString(), null, inName);

        Assert.Equal((700, "in_transit"), (payout.Amount, payout.Status));
        Assert.Equal(0, (await Stripe.Balance.GetAsync(inName)).Available.Single().Amount);
        Assert.Equal("payout.created",
            (await Stripe.Events.ListAsync(new EventListOptions { Type = "payout.created" }, inName)).Data.Single().Type);
        var stranger =
            await Assert.ThrowsAsync<StripeException>(() =>
                Stripe.Balance.GetAsync(new RequestOptions { StripeAccount = "acct_nobody" }));
        Assert.Equal((HttpStatusCode.Forbidden, "account_invalid"), (stranger.HttpStatusCode, stranger.StripeError.Code));
    }

    private async Task<PaymentIntent> Intent(string method)
    {
        var intent = await Stripe.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = 1_000, Currency = "usd", AutomaticPaymentMethods = new() { Enabled = true }, TransferGroup = "entry-1",
        });
        return await Stripe.PaymentIntents.ConfirmAsync(
            intent.Id, new PaymentIntentConfirmOptions { PaymentMethod = method },
            new RequestOptions { IdempotencyKey = $"key-{method}" });
    }
}
