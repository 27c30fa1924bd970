using System.Text.Json;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>Money that goes back to the payer, by the platform's will or against it.</summary>
public sealed class RefundAndDisputeTests
{
    private readonly SimulatedStripe stripe = new(fundsMinor: 10_000);

    [Fact]
    public void A_payment_is_refunded_in_parts_and_never_beyond_what_was_paid()
    {
        var intent = stripe.Pay(1_000, "pm_card_bypassPending");
        var before = stripe.AvailableMinor;

        var part = stripe.Post(
            "/v1/refunds", $"payment_intent={intent}&amount=400&reason=requested_by_customer&metadata[entry_id]=e1");
        var tooMuch = stripe.Post("/v1/refunds", $"payment_intent={intent}&amount=601");
        var rest = stripe.Post("/v1/refunds", $"charge={stripe.ChargeOf(intent).GetProperty("id").GetString()}");
        var none = stripe.Post("/v1/refunds", $"payment_intent={intent}");

        Assert.Equal(("succeeded", 400), (Status(part), Json(part).GetProperty("amount").GetInt64()));
        Assert.Equal((400, "amount"), (tooMuch.Response!.Status, Text(tooMuch, "param")));
        Assert.Equal(600, Json(rest).GetProperty("amount").GetInt64());
        Assert.Equal("charge_already_refunded", Code(none));
        Assert.Equal(before - 1_000, stripe.AvailableMinor);
        Assert.True(stripe.ChargeOf(intent).GetProperty("refunded").GetBoolean());
        Assert.Equal(["re_sim_000002", "re_sim_000001"], Ids(stripe.Get("/v1/refunds", $"payment_intent={intent}")));
        Assert.Equal(["charge.refunded", "refund.created"], EventTypes(stripe)[..2]);
    }

    [Fact]
    public void The_refund_of_a_pending_charge_comes_out_of_the_pending_money()
    {
        var intent = stripe.Pay(1_000);

        stripe.Post("/v1/refunds", $"payment_intent={intent}");

        Assert.Equal(10_000, stripe.AvailableMinor);
        stripe.Now = stripe.Now.AddDays(2);
        Assert.Equal(10_000 - 59, stripe.AvailableMinor);
    }

    [Theory]
    [InlineData("succeeded")]
    [InlineData("failed")]
    public void A_pending_refund_ends_either_way(string outcome)
    {
        stripe.Admin("payments", """{"refund_mode":"pending"}""");
        var intent = stripe.Pay(1_000, "pm_card_bypassPending");
        var refund = stripe.Post("/v1/refunds", $"payment_intent={intent}");

        stripe.Admin("refunds/re_sim_000001/settle", JsonSerializer.Serialize(new { outcome }));

        Assert.Equal("pending", Status(refund));
        Assert.Equal(outcome, Status(stripe.Get("/v1/refunds/re_sim_000001")));
        Assert.Equal(outcome == "failed" ? 10_941 : 9_941, stripe.AvailableMinor);
        Assert.Equal(outcome == "failed" ? 0 : 1_000, stripe.ChargeOf(intent).GetProperty("amount_refunded").GetInt64());
    }

    [Theory]
    [InlineData("succeeded", 9_941, 1_000)]
    [InlineData("failed", 10_941, 0)]
    public void A_refund_that_waits_for_funds_moves_money_when_it_is_sent_and_none_when_it_never_is(
        string outcome, long availableMinor, long refundedMinor)
    {
        stripe.Admin("payments", """{"refund_mode":"insufficient_funds"}""");
        var intent = stripe.Pay(1_000, "pm_card_bypassPending");
        var refund = stripe.Post("/v1/refunds", $"payment_intent={intent}");
        var meanwhile = stripe.AvailableMinor;

        stripe.Admin("refunds/re_sim_000001/settle", JsonSerializer.Serialize(new { outcome }));

        Assert.Equal(("pending", "insufficient_funds"), (Status(refund), Json(refund).GetProperty("pending_reason").GetString()));
        Assert.Equal(JsonValueKind.Null, Json(refund).GetProperty("balance_transaction").ValueKind);
        Assert.Equal((10_941, availableMinor), (meanwhile, stripe.AvailableMinor));
        Assert.Equal(refundedMinor, stripe.ChargeOf(intent).GetProperty("amount_refunded").GetInt64());
    }

    [Fact]
    public void A_refund_can_fail_after_it_had_succeeded_and_then_be_made_again()
    {
        var intent = stripe.Pay(1_000, "pm_card_bypassPending");
        stripe.Post("/v1/refunds", $"payment_intent={intent}");
        stripe.Admin("refunds/re_sim_000001/settle", """{"outcome":"failed","failure_reason":"lost_or_stolen_card"}""");

        var failed = Json(stripe.Get("/v1/refunds/re_sim_000001"));
        var again = stripe.Post("/v1/refunds", $"payment_intent={intent}");

        Assert.Equal("lost_or_stolen_card", failed.GetProperty("failure_reason").GetString());
        Assert.StartsWith("txn_", failed.GetProperty("failure_balance_transaction").GetString(), StringComparison.Ordinal);
        Assert.Contains("refund.failed", EventTypes(stripe));
        Assert.Equal("succeeded", Status(again));
    }

    [Fact]
    public void The_card_that_refuses_refunds_tells_so_by_event_after_a_success()
    {
        var intent = stripe.Pay(1_000, "pm_card_refundFail");

        var refund = stripe.Post("/v1/refunds", $"payment_intent={intent}");

        Assert.Equal("succeeded", Status(refund));
        Assert.Equal("failed", Status(stripe.Get("/v1/refunds/re_sim_000001")));
    }

    [Fact]
    public void What_was_never_paid_cannot_be_refunded()
    {
        var declined = stripe.Pay(1_000, "pm_card_chargeDeclined");

        Assert.Equal(400, stripe.Post("/v1/refunds", $"payment_intent={declined}").Response!.Status);
        Assert.Equal("resource_missing", Code(stripe.Post("/v1/refunds", "payment_intent=pi_nobody")));
        Assert.Equal(400, stripe.Post("/v1/refunds", "").Response!.Status);
    }

    [Theory]
    [InlineData("won", 10_941 - 1_500)]
    [InlineData("lost", 10_941 - 1_000 - 1_500)]
    public void A_dispute_takes_amount_and_fee_at_once_and_only_the_amount_comes_back(string outcome, long availableMinor)
    {
        var intent = stripe.Pay(1_000, "pm_card_bypassPending");

        var opened = stripe.Admin("disputes", JsonSerializer.Serialize(new { payment_intent = intent }));
        var meanwhile = stripe.AvailableMinor;
        var refund = stripe.Post("/v1/refunds", $"payment_intent={intent}");
        var closed = stripe.Admin("disputes/du_sim_000001/close", JsonSerializer.Serialize(new { outcome }));

        Assert.Equal("needs_response", Status(opened));
        Assert.Equal(10_941 - 2_500, meanwhile);
        Assert.Equal("charge_disputed", Code(refund));
        Assert.Equal(outcome, Status(closed));
        Assert.Equal(availableMinor, stripe.AvailableMinor);
        Assert.True(stripe.ChargeOf(intent).GetProperty("disputed").GetBoolean());
        Assert.Equal(outcome == "won" ? 2 : 1,
            Json(stripe.Get("/v1/disputes/du_sim_000001")).GetProperty("balance_transactions").GetArrayLength());
        Assert.Contains("charge.dispute.closed", EventTypes(stripe));
        Assert.Equal(outcome == "won", EventTypes(stripe).Contains("charge.dispute.funds_reinstated"));
    }

    [Fact]
    public void What_the_bank_has_decided_it_can_decide_otherwise_and_the_platform_cannot()
    {
        stripe.Pay(1_000, "pm_card_createDispute");
        var before = stripe.AvailableMinor;

        foreach (var outcome in (string[])["lost", "won", "lost"])
            stripe.Admin("disputes/du_sim_000001/close", JsonSerializer.Serialize(new { outcome }));
        var same = stripe.Admin("disputes/du_sim_000001/close", """{"outcome":"lost"}""");
        stripe.Admin("disputes/du_sim_000001/close", """{"outcome":"won"}""");
        var givenUp = stripe.Post("/v1/disputes/du_sim_000001/close", "");

        Assert.Equal((400, 400, before + 1_000), (same.Response!.Status, givenUp.Response!.Status, stripe.AvailableMinor));
        Assert.Equal(
            [-1_000L, 1_000L, -1_000L, 1_000L],
            Json(stripe.Get("/v1/disputes/du_sim_000001")).GetProperty("balance_transactions").EnumerateArray()
                .Select(m => m.GetProperty("amount").GetInt64()));
    }

    [Fact]
    public void A_dispute_can_push_the_platform_below_zero()
    {
        var poor = new SimulatedStripe(fundsMinor: 0);
        poor.Pay(1_000, "pm_card_createDispute");

        Assert.Equal(-2_500, poor.AvailableMinor);
        Assert.Equal(["du_sim_000001"], Ids(poor.Get("/v1/disputes")));
    }

    [Fact]
    public void A_fraud_warning_is_listed_by_charge_and_not_actionable_once_the_money_was_given_back()
    {
        var intent = stripe.Pay(1_000, "pm_card_createIssuerFraudRecord");
        var charge = stripe.ChargeOf(intent).GetProperty("id").GetString();

        var before = Json(stripe.Get("/v1/radar/early_fraud_warnings", $"charge={charge}")).GetProperty("data")[0];
        stripe.Post("/v1/refunds", $"charge={charge}");
        var after = Json(stripe.Get("/v1/radar/early_fraud_warnings/issfr_sim_000001"));

        Assert.True(before.GetProperty("actionable").GetBoolean());
        Assert.False(after.GetProperty("actionable").GetBoolean());
        Assert.Contains("radar.early_fraud_warning.created", EventTypes(stripe));
    }

    private static string? Status(ContestPipeline.StripeSimulator.Core.SimOutcome outcome) =>
        Json(outcome).GetProperty("status").GetString();
}
