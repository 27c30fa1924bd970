using System.Text.Json;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>Cards that are kept and charged again: customers, payment methods, setup intents, payments off session.</summary>
public sealed class CustomerTests
{
    private readonly SimulatedStripe stripe = new(fundsMinor: 0);

    [Fact]
    public void A_card_that_is_set_up_is_its_customers_and_is_charged_without_him()
    {
        var customer = NewCustomer("email=p1@example.com&metadata[player_id]=p1");
        var method = Keep(customer, "pm_card_visa");

        var paid = Charge(customer, method);

        Assert.Equal("succeeded", Text(paid, "status"));
        Assert.Equal((customer, method), (Text(paid, "customer"), Text(paid, "payment_method")));
        Assert.Equal([method], Ids(stripe.Get($"/v1/customers/{customer}/payment_methods", "type=card")));
        Assert.Equal(["charge.succeeded", "payment_intent.created", "payment_intent.succeeded", "payment_method.attached",
            "setup_intent.created", "setup_intent.succeeded"],
            EventTypes(stripe).Where(t => !t.StartsWith("customer.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("pm_card_chargeDeclined", 402, "card_declined")]
    [InlineData("pm_card_chargeDeclinedExpiredCard", 402, "expired_card")]
    [InlineData("pm_nobody", 400, "resource_missing")]
    public void A_card_that_its_bank_refuses_is_not_kept(string method, int status, string code)
    {
        var customer = NewCustomer();

        var refused = stripe.Post("/v1/setup_intents", $"customer={customer}&payment_method={method}&confirm=true");

        Assert.Equal((status, code), (refused.Response!.Status, Code(refused)));
        Assert.Empty(Ids(stripe.Get("/v1/payment_methods", $"customer={customer}")));
    }

    [Fact]
    public void A_card_that_can_be_kept_may_be_declined_when_it_is_charged()
    {
        var customer = NewCustomer();
        var method = Keep(customer, "pm_card_chargeCustomerFail");

        var refused = stripe.Post("/v1/payment_intents", Form(customer, method));

        Assert.Equal((402, "card_declined"), (refused.Response!.Status, Code(refused)));
        Assert.Equal("requires_payment_method", Text(LatestIntent(), "status"));
    }

    /// <summary>The bank wants the payer, who is not there: the payment is refused instead of waiting for him.</summary>
    [Fact]
    public void Off_session_a_bank_that_asks_for_the_payer_declines()
    {
        var customer = NewCustomer();
        var method = Json(stripe.Post("/v1/payment_methods/pm_card_authenticationRequired/attach", $"customer={customer}"))
            .GetProperty("id").GetString()!;

        var refused = stripe.Post("/v1/payment_intents", Form(customer, method));

        Assert.Equal((402, "authentication_required"), (refused.Response!.Status, Code(refused)));
        var intent = Json(refused).GetProperty("error").GetProperty("payment_intent");
        Assert.Equal("requires_payment_method", Text(intent, "status"));
        Assert.Equal("authentication_required", Text(intent.GetProperty("last_payment_error"), "decline_code"));
    }

    [Fact]
    public void A_card_that_was_proved_when_it_was_kept_is_charged_without_another_proof()
    {
        var customer = NewCustomer();
        var asked = Json(stripe.Post("/v1/setup_intents",
            $"customer={customer}&payment_method=pm_card_authenticationRequiredOnSetup&confirm=true"));
        Assert.Equal("requires_action", Text(asked, "status"));
        Assert.Equal("pm_sim_", Text(asked, "payment_method")![..7]);

        var kept = Json(stripe.Admin($"setup_intents/{Text(asked, "client_secret")}/settle", """{"outcome":"succeeded"}"""));

        Assert.Equal("succeeded", Text(kept, "status"));
        Assert.Equal("succeeded", Text(Charge(customer, Text(kept, "payment_method")!), "status"));
    }

    [Fact]
    public void A_proof_that_fails_keeps_nothing_and_the_intent_can_be_tried_with_another_card()
    {
        var customer = NewCustomer();
        var id = Text(Json(stripe.Post("/v1/setup_intents",
            $"customer={customer}&payment_method=pm_card_authenticationRequired&confirm=true")), "id")!;

        var failed = Json(stripe.Admin($"setup_intents/{id}/settle", """{"outcome":"failed"}"""));
        Assert.Equal("requires_payment_method", Text(failed, "status"));
        Assert.Equal("setup_intent_authentication_failure", Text(failed.GetProperty("last_setup_error"), "code"));

        Assert.Equal(
            "succeeded", Text(Json(stripe.Post($"/v1/setup_intents/{id}/confirm", "payment_method=pm_card_visa")), "status"));
        Assert.Equal("setup_intent_unexpected_state", Code(stripe.Post($"/v1/setup_intents/{id}/cancel", "")));
    }

    [Fact]
    public void A_card_of_another_customer_or_one_that_was_given_up_pays_nothing()
    {
        var (owner, other) = (NewCustomer(), NewCustomer());
        var method = Keep(owner, "pm_card_visa");
        Assert.Equal(400, stripe.Post("/v1/payment_intents", Form(other, method)).Response!.Status);
        Assert.Equal(400, stripe.Post($"/v1/payment_methods/{method}/attach", $"customer={other}").Response!.Status);

        Assert.Null(Text(Json(stripe.Post($"/v1/payment_methods/{method}/detach", "")), "customer"));

        Assert.Equal(400, stripe.Post("/v1/payment_intents", Form(owner, method)).Response!.Status);
        Assert.Equal(400, stripe.Post($"/v1/payment_methods/{method}/attach", $"customer={owner}").Response!.Status);
        Assert.Empty(Ids(stripe.Get("/v1/payment_methods", $"customer={owner}")));
        Assert.Equal("resource_missing", Code(stripe.Post("/v1/payment_intents", Form("cus_nobody", "pm_card_visa"))));
    }

    [Fact]
    public void What_is_paid_with_is_kept_when_the_payment_says_so()
    {
        var customer = NewCustomer();
        var paid = Json(stripe.Post("/v1/payment_intents",
            $"amount=500&currency=usd&customer={customer}&payment_method=pm_card_visa&confirm=true&setup_future_usage=off_session"));

        Assert.Equal("succeeded", Text(paid, "status"));
        Assert.Equal([Text(paid, "payment_method")!], Ids(stripe.Get("/v1/payment_methods", $"customer={customer}")));
    }

    [Fact]
    public void A_customer_that_is_deleted_takes_his_cards_along()
    {
        var customer = NewCustomer();
        var method = Keep(customer, "pm_card_visa");
        Assert.Equal(method, Text(Json(stripe.Post($"/v1/customers/{customer}",
            $"invoice_settings[default_payment_method]={method}")).GetProperty("invoice_settings"), "default_payment_method"));

        stripe.Delete($"/v1/customers/{customer}");

        Assert.Equal("resource_missing", Code(stripe.Get($"/v1/customers/{customer}")));
        Assert.Equal(400, stripe.Post($"/v1/payment_methods/{method}/attach", $"customer={NewCustomer()}").Response!.Status);
    }

    [Fact]
    public void A_payout_is_asked_for_in_the_accounts_name_and_can_be_taken_back()
    {
        var platform = new SimulatedStripe();
        platform.Transfer(null, 700);
        platform.Admin($"accounts/{Account}/onboarding", """{"outcome":"complete"}""");
        Assert.Equal("payouts_not_allowed", Code(platform.Post("/v1/payouts", "amount=100&currency=usd")));
        Assert.Equal("balance_insufficient", Code(platform.Post("/v1/payouts", "amount=701&currency=usd", account: Account)));

        var made = Json(platform.Post("/v1/payouts", "amount=300&currency=usd&metadata[a]=b", account: Account));
        Assert.False(made.GetProperty("automatic").GetBoolean());
        Assert.Equal(404, platform.Post($"/v1/payouts/{Text(made, "id")}/cancel", "").Response!.Status);

        Assert.Equal(
            "canceled", Text(Json(platform.Post($"/v1/payouts/{Text(made, "id")}/cancel", "", account: Account)), "status"));
        Assert.Equal(700, Json(platform.Get("/v1/balance", account: Account)).GetProperty("available")[0]
            .GetProperty("amount").GetInt64());
    }

    [Fact]
    public void The_parts_of_an_account_are_there_once_its_holder_has_named_them()
    {
        var id = Text(Json(stripe.Post("/v1/accounts", "country=US")), "id")!;
        foreach (var part in (string[])["capabilities", "external_accounts", "persons"])
            Assert.Empty(Ids(stripe.Get($"/v1/accounts/{id}/{part}")));

        Assert.Equal("inactive",
            Text(Json(stripe.Post($"/v1/accounts/{id}/capabilities/transfers", "requested=true")), "status"));
        stripe.Admin($"accounts/{id}/onboarding", """{"outcome":"complete"}""");

        Assert.Equal("active", Text(Json(stripe.Get($"/v1/accounts/{id}/capabilities/transfers")), "status"));
        var bank = Ids(stripe.Get($"/v1/accounts/{id}/external_accounts", "object=bank_account")).Single();
        Assert.Equal("bank_account", Text(Json(stripe.Get($"/v1/accounts/{id}/external_accounts/{bank}")), "object"));
        Assert.Empty(Ids(stripe.Get($"/v1/accounts/{id}/external_accounts", "object=card")));
        Assert.Single(Ids(stripe.Get($"/v1/accounts/{id}/persons")));
        Assert.Equal("resource_missing", Code(stripe.Get($"/v1/accounts/{id}/capabilities/card_payments")));
    }

    private string NewCustomer(string parameters = "") => Text(Json(stripe.Post("/v1/customers", parameters)), "id")!;

    private string Keep(string customer, string method) => Text(Json(stripe.Post("/v1/setup_intents",
        $"customer={customer}&payment_method={method}&confirm=true&usage=off_session")), "payment_method")!;

    private JsonElement Charge(string customer, string method) =>
        Json(stripe.Post("/v1/payment_intents", Form(customer, method)));

    private JsonElement LatestIntent() => Json(stripe.Get("/v1/payment_intents", "limit=1")).GetProperty("data")[0];

    private static string Form(string customer, string method) =>
        $"amount=1000&currency=usd&customer={customer}&payment_method={method}&off_session=true&confirm=true";

    private static string? Text(JsonElement found, string name) => found.GetProperty(name).GetString();
}
