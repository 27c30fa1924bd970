using System.Text.Json;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>A payment intent from the first page to the charge.</summary>
public sealed class PaymentTests
{
    private readonly SimulatedStripe stripe = new(fundsMinor: 0);

    [Fact]
    public void A_new_intent_waits_for_a_payment_method_and_has_taken_nothing()
    {
        var intent =
            Json(stripe.Post(
                "/v1/payment_intents", "amount=1000&currency=usd&metadata[entry_id]=e1&automatic_payment_methods[enabled]=true"));

        Assert.Equal(("requires_payment_method", 0), (Status(intent), intent.GetProperty("amount_received").GetInt64()));
        Assert.Equal("e1", intent.GetProperty("metadata").GetProperty("entry_id").GetString());
        Assert.StartsWith(intent.GetProperty("id").GetString() + "_secret_", intent.GetProperty("client_secret").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(["payment_intent.created"], EventTypes(stripe));
        Assert.Empty(Ids(stripe.Get("/v1/charges")));
    }

    [Fact]
    public void A_card_payment_is_charged_less_Stripes_fee_and_available_after_two_days()
    {
        var id = stripe.Pay(1_000);

        Assert.Equal(
            ("succeeded", 1_000), (Status(stripe.Intent(id)), stripe.Intent(id).GetProperty("amount_received").GetInt64()));
        var movement = Json(
            stripe.Get($"/v1/balance_transactions/{stripe.ChargeOf(id).GetProperty("balance_transaction").GetString()}"));
        Assert.Equal((1_000, 59, 941), (Minor(movement, "amount"), Minor(movement, "fee"), Minor(movement, "net")));
        Assert.Equal("pending", Status(movement));
        Assert.Equal(0, stripe.AvailableMinor);
        stripe.Now = stripe.Now.AddDays(2);
        Assert.Equal(941, stripe.AvailableMinor);
        Assert.Equal(
            ["balance.available", "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"], EventTypes(stripe));
    }

    [Theory]
    [InlineData(50, 31)]
    [InlineData(500, 45)]
    [InlineData(517, 45)]
    [InlineData(518, 45)]
    [InlineData(10_000, 320)]
    public void The_fee_is_29_thousandths_rounded_half_up_and_thirty_cents(long amountMinor, long feeMinor)
    {
        stripe.Pay(amountMinor, "pm_card_bypassPending");

        Assert.Equal(amountMinor - feeMinor, stripe.AvailableMinor);
    }

    [Theory]
    [InlineData("pm_card_chargeDeclined", "card_declined", "generic_decline")]
    [InlineData("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds")]
    [InlineData("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card")]
    public void A_declined_card_leaves_a_failed_charge_and_the_payer_may_try_another(
        string method, string code, string declineCode)
    {
        var id = stripe.Pay(1_000, method);
        var failed = stripe.Intent(id);

        var again = stripe.Post($"/v1/payment_intents/{id}/confirm", "payment_method=pm_card_visa");

        Assert.Equal("requires_payment_method", Status(failed));
        Assert.Equal((code, declineCode), (Error(failed, "code"), Error(failed, "decline_code")));
        Assert.Equal("succeeded", Status(Json(again)));
        Assert.Equal(JsonValueKind.Null, Json(again).GetProperty("last_payment_error").ValueKind);
        Assert.Equal(2, Ids(stripe.Get("/v1/charges", $"payment_intent={id}")).Length);
        Assert.Contains("payment_intent.payment_failed", EventTypes(stripe));
    }

    [Fact]
    public void A_decline_is_an_error_402_that_carries_the_intent_and_is_replayed_under_its_key()
    {
        var id = stripe.Pay(1_000, "pm_card_chargeDeclined");

        var first = stripe.Post($"/v1/payment_intents/{id}/confirm", "payment_method=pm_card_chargeDeclined", "k");
        var second = stripe.Post($"/v1/payment_intents/{id}/confirm", "payment_method=pm_card_chargeDeclined", "k");

        Assert.Equal((402, "card_error"), (first.Response!.Status, Text(first, "type")));
        Assert.Equal(id, Json(first).GetProperty("error").GetProperty("payment_intent").GetProperty("id").GetString());
        Assert.True(IsReplayed(second));
    }

    [Fact]
    public void An_intent_is_paid_once_and_not_after_it_was_canceled()
    {
        var paid = stripe.Pay();
        var canceled = Json(stripe.Post("/v1/payment_intents", "amount=1000&currency=usd")).GetProperty("id").GetString();

        var twice = stripe.Post($"/v1/payment_intents/{paid}/confirm", "payment_method=pm_card_visa");
        var cancel = stripe.Post($"/v1/payment_intents/{canceled}/cancel", "cancellation_reason=abandoned");
        var late = stripe.Admin($"payment_intents/{canceled}/pay", "{}");

        Assert.Equal("payment_intent_unexpected_state", Code(twice));
        Assert.Equal("canceled", Status(Json(cancel)));
        Assert.Equal("payment_intent_unexpected_state", Code(late));
        Assert.Equal("payment_intent_unexpected_state", Code(stripe.Post($"/v1/payment_intents/{paid}/cancel", "")));
        Assert.Single(Ids(stripe.Get("/v1/charges")));
    }

    [Theory]
    [InlineData("pm_usBankAccount", "processing")]
    [InlineData("pm_card_authenticationRequired", "requires_action")]
    public void What_waits_for_a_bank_ends_either_way(string method, string waiting)
    {
        var (good, bad) = (stripe.Pay(1_000, method), stripe.Pay(2_000, method));
        var before = Status(stripe.Intent(good));

        stripe.Admin($"payment_intents/{good}/settle", """{"outcome":"succeeded"}""");
        stripe.Admin($"payment_intents/{bad}/settle", """{"outcome":"failed"}""");

        Assert.Equal(waiting, before);
        Assert.Equal(("succeeded", "requires_payment_method"), (Status(stripe.Intent(good)), Status(stripe.Intent(bad))));
        Assert.Contains($"payment_intent.{waiting}", EventTypes(stripe));
        Assert.Single(Json(stripe.Get("/v1/balance_transactions")).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("amount=49&currency=usd", "amount_too_small")]
    [InlineData("amount=100000000&currency=usd", "amount_too_large")]
    [InlineData("amount=100", "parameter_missing")]
    [InlineData("amount=100&currency=usd&payment_method_types[0]=card", "parameter_unknown")]
    [InlineData("amount=100&currency=usd&payment_method=pm_nobody", "resource_missing")]
    public void Nonsense_is_refused_and_no_intent_made(string parameters, string code)
    {
        var refused = stripe.Post("/v1/payment_intents", parameters, "k");

        Assert.Equal((400, code), (refused.Response!.Status, Code(refused)));
        Assert.Empty(Ids(stripe.Get("/v1/payment_intents")));
        Assert.Equal(200, stripe.Post("/v1/payment_intents", "amount=100&currency=usd", "k").Response!.Status);
    }

    [Fact]
    public void An_intent_confirmed_at_once_is_paid_at_once()
    {
        var intent =
            Json(stripe.Post(
                "/v1/payment_intents", "amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa&off_session=true"));

        Assert.Equal("succeeded", Status(intent));
    }

    [Fact]
    public void Money_of_a_charge_can_be_passed_on_before_it_is_available_and_never_more_than_was_charged()
    {
        var charge = stripe.ChargeOf(stripe.Pay(1_000)).GetProperty("id").GetString();

        var plain = stripe.Transfer("a", 600);
        var sourced = stripe.Post("/v1/transfers", $"amount=600&currency=usd&destination={Account}&source_transaction={charge}");
        var tooMuch = stripe.Post("/v1/transfers", $"amount=401&currency=usd&destination={Account}&source_transaction={charge}");

        Assert.Equal("balance_insufficient", Code(plain));
        Assert.Equal("entry-1", Json(sourced).GetProperty("transfer_group").GetString());
        Assert.Equal(400, tooMuch.Response!.Status);
    }

    [Fact]
    public void Objects_are_put_in_place_of_their_ids_when_asked_for()
    {
        var id = stripe.Pay(1_000);

        var one = Json(stripe.Get($"/v1/payment_intents/{id}", "expand[0]=latest_charge.balance_transaction"));
        var listed = Json(stripe.Get("/v1/charges", "expand[0]=data.balance_transaction"));
        var wrong = stripe.Get($"/v1/payment_intents/{id}", "expand[0]=colour");

        Assert.Equal(59, Minor(one.GetProperty("latest_charge").GetProperty("balance_transaction"), "fee"));
        Assert.Equal(941, Minor(listed.GetProperty("data")[0].GetProperty("balance_transaction"), "net"));
        Assert.Equal(400, wrong.Response!.Status);
    }

    private static string? Status(JsonElement item) => item.GetProperty("status").GetString();

    private static long Minor(JsonElement item, string name) => item.GetProperty(name).GetInt64();

    private static string? Error(JsonElement intent, string name) =>
        intent.GetProperty("last_payment_error").GetProperty(name).GetString();
}
