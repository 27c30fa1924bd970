using Stripe;
using Stripe.Radar;

namespace ContestPipeline.Integration.Stripe;

/// <summary>Every request about payments that the client can make, with every parameter it can carry.</summary>
internal static class PaymentShapes
{
    private static readonly DateRangeOptions s_lately = new() { GreaterThanOrEqual = DateTime.UnixEpoch.AddYears(50) };

    public static Dictionary<string, Func<StripeClient, Task>> All => new()
    {
        ["create a payment intent"] = client => client.V1.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = 1_000, Currency = "usd", AutomaticPaymentMethods = new() { Enabled = true, AllowRedirects = "never" },
                TransferGroup = "contest-1",
                Description = "Entry & fee", ReceiptEmail = "player@example.com", StatementDescriptorSuffix = "ENTRY",
                CaptureMethod = "automatic",
                Customer = "cus_1", Metadata = new() { ["entry_id"] = "e 1" }, Expand = ["latest_charge"],
            },
            new RequestOptions { IdempotencyKey = "k" }),
        ["create and confirm a payment intent"] = client => client.V1.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = 1_000, Currency = "usd", Confirm = true, PaymentMethod = "pm_card_visa", OffSession = true,
            ErrorOnRequiresAction = true,
            ReturnUrl = "https://platform.example/back",
        }),
        ["get a payment intent"] = client => client.V1.PaymentIntents.GetAsync(
            "pi_1",
            new PaymentIntentGetOptions { ClientSecret = "pi_1_secret_1", Expand = ["latest_charge.balance_transaction"] }),
        ["update a payment intent"] = client => client.V1.PaymentIntents.UpdateAsync("pi_1", new PaymentIntentUpdateOptions
        {
            Amount = 900, Currency = "usd", Description = "Entry", PaymentMethod = "pm_1", TransferGroup = "contest-2",
            Metadata = new() { ["a"] = "b" },
        }),
        ["confirm a payment intent"] = client => client.V1.PaymentIntents.ConfirmAsync("pi_1", new PaymentIntentConfirmOptions
        {
            PaymentMethod = "pm_card_visa", OffSession = false, ErrorOnRequiresAction = true, ReceiptEmail = "player@example.com",
            ReturnUrl = "https://platform.example/back",
        }),
        ["cancel a payment intent"] = client =>
            client.V1.PaymentIntents.CancelAsync("pi_1", new PaymentIntentCancelOptions { CancellationReason = "abandoned" }),
        ["list payment intents"] = client =>
            client.V1.PaymentIntents.ListAsync(
                new PaymentIntentListOptions { Created = s_lately, Customer = "cus_1", Limit = 100 }),
        ["get a charge"] = client =>
            client.V1.Charges.GetAsync("ch_1", new ChargeGetOptions { Expand = ["balance_transaction"] }),
        ["list charges"] = client => client.V1.Charges.ListAsync(new ChargeListOptions
        {
            Created = s_lately, Customer = "cus_1", PaymentIntent = "pi_1", TransferGroup = "contest-1", StartingAfter = "ch_1",
        }),
        ["refund a charge in part"] = client => client.V1.Refunds.CreateAsync(new RefundCreateOptions
        {
            Charge = "ch_1", Amount = 400, Reason = "requested_by_customer", Metadata = new() { ["entry_id"] = "e1" },
            Expand = ["balance_transaction"],
        }),
        ["refund a payment intent"] = client => client.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = "pi_1" }),
        ["get a refund"] = client => client.V1.Refunds.GetAsync("re_1"),
        ["list refunds"] = client =>
            client.V1.Refunds.ListAsync(new RefundListOptions { Charge = "ch_1", PaymentIntent = "pi_1", Created = s_lately }),
        ["get a dispute"] = client => client.V1.Disputes.GetAsync("du_1"),
        ["give a dispute up"] = client => client.V1.Disputes.CloseAsync("du_1"),
        ["list disputes"] = client =>
            client.V1.Disputes.ListAsync(new DisputeListOptions { Charge = "ch_1", PaymentIntent = "pi_1", Created = s_lately }),
        ["get an early fraud warning"] = client => client.V1.Radar.EarlyFraudWarnings.GetAsync("issfr_1"),
        ["list early fraud warnings"] = client => client.V1.Radar.EarlyFraudWarnings.ListAsync(new EarlyFraudWarningListOptions
        {
            Charge = "ch_1", PaymentIntent = "pi_1", Created = s_lately,
        }),
    };
}
