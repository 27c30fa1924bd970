using System.Text.Json;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>A connected account from its creation to its end, and its bank payouts.</summary>
public sealed class AccountLifeTests
{
    private readonly SimulatedStripe stripe = new(fundsMinor: 10_000);
    private readonly string fresh;

    public AccountLifeTests() => fresh = Json(stripe.Post(
        "/v1/accounts", "country=US&capabilities[transfers][requested]=true&controller[stripe_dashboard][type]=express"))
        .GetProperty("id").GetString()!;

    [Fact]
    public void A_new_account_is_asked_for_everything_and_can_receive_nothing()
    {
        var account = Read();

        Assert.Equal(("express", "inactive"), (account.GetProperty("type").GetString(), Transfers(account)));
        Assert.False(account.GetProperty("details_submitted").GetBoolean());
        Assert.NotEqual(0, Requirements(account).GetProperty("currently_due").GetArrayLength());
        Assert.Equal("requirements.past_due", Requirements(account).GetProperty("disabled_reason").GetString());
        Assert.Equal("insufficient_capabilities_for_transfer", Code(stripe.Transfer("k", destination: fresh)));
    }

    [Theory]
    [InlineData("complete", "active", true, true)]
    [InlineData("pending", "pending", true, false)]
    [InlineData("incomplete", "inactive", false, false)]
    public void Onboarding_ends_in_one_of_three_ways(string outcome, string transfers, bool submitted, bool payouts)
    {
        stripe.Admin($"accounts/{fresh}/onboarding", JsonSerializer.Serialize(new { outcome }));

        var account = Read();
        Assert.Equal(transfers, Transfers(account));
        Assert.Equal((submitted, payouts),
            (account.GetProperty("details_submitted").GetBoolean(), account.GetProperty("payouts_enabled").GetBoolean()));
        Assert.Equal("account.updated", EventTypes(stripe, fresh).First(type => type != "capability.updated"));
        Assert.Equal(outcome != "incomplete", EventTypes(stripe, fresh).Contains("capability.updated"));
    }

    [Fact]
    public void An_account_can_be_stopped_later_and_opened_again()
    {
        stripe.Admin($"accounts/{fresh}/onboarding", "{}");

        stripe.Admin($"accounts/{fresh}/restrict",
            """{"currently_due":["individual.id_number"],"disabled_reason":"requirements.past_due"}""");
        var stopped = stripe.Transfer("a", destination: fresh);
        stripe.Admin($"accounts/{fresh}/onboarding", "{}");
        var open = stripe.Transfer("b", destination: fresh);

        Assert.Equal("insufficient_capabilities_for_transfer", Code(stopped));
        Assert.Equal(200, open.Response!.Status);
    }

    [Fact]
    public void A_rejected_account_stays_rejected()
    {
        var refused = stripe.Post($"/v1/accounts/{fresh}/reject", "reason=because");
        stripe.Post($"/v1/accounts/{fresh}/reject", "reason=fraud_other");

        Assert.Equal(400, refused.Response!.Status);
        Assert.Equal("rejected.fraud", Requirements(Read()).GetProperty("disabled_reason").GetString());
        Assert.Equal(400, stripe.Admin($"accounts/{fresh}/onboarding", "{}").Response!.Status);
    }

    [Fact]
    public void A_deauthorized_account_is_out_of_reach_and_the_last_event_says_so()
    {
        stripe.Admin($"accounts/{fresh}/onboarding", "{}");
        stripe.Admin($"accounts/{fresh}/deauthorize", "{}");

        var read = stripe.Get($"/v1/accounts/{fresh}");
        Assert.Equal((403, "account_invalid"), (read.Response!.Status, Code(read)));
        Assert.Equal(403, stripe.Get("/v1/balance", account: fresh).Response!.Status);
        Assert.Equal("resource_missing", Code(stripe.Transfer("k", destination: fresh)));
        var last = stripe.State.EventsToStripe()[0];
        Assert.Contains("account.application.deauthorized", JsonSerializer.Serialize(last), StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_link_works_once_and_for_five_minutes()
    {
        var (first, second) = (Link(), Link());

        var visit = stripe.Get(first);
        var again = stripe.Get(first);
        var done = stripe.Post($"{first}/complete", "");
        stripe.Now = stripe.Now.AddSeconds(300);
        var late = stripe.Get(second);

        Assert.Equal(200, visit.Response!.Status);
        Assert.Equal("https://platform.example/again", again.Response!.Headers["Location"]);
        Assert.Equal("https://platform.example/back", done.Response!.Headers["Location"]);
        Assert.Equal("https://platform.example/again", late.Response!.Headers["Location"]);
        Assert.Equal("active", Transfers(Read()));
    }

    [Theory]
    [InlineData("account_update")]
    [InlineData("account_nonsense")]
    public void Other_account_links_are_refused(string type) => Assert.Equal(
        400,
        stripe.Post("/v1/account_links",
            $"account={fresh}&type={type}&refresh_url=https%3A%2F%2Fx&return_url=https%3A%2F%2Fy").Response!.Status);

    [Fact]
    public void A_login_link_needs_a_finished_onboarding()
    {
        var early = stripe.Post($"/v1/accounts/{fresh}/login_links", "");
        stripe.Admin($"accounts/{fresh}/onboarding", "{}");
        var link = Json(stripe.Post($"/v1/accounts/{fresh}/login_links", ""));

        Assert.Equal(400, early.Response!.Status);
        Assert.Equal("login_link", link.GetProperty("object").GetString());
        Assert.Equal(200, stripe.Get(new Uri(link.GetProperty("url").GetString()!).AbsolutePath).Response!.Status);
    }

    [Fact]
    public void A_bank_payout_can_fail_after_it_was_paid_and_the_bank_account_is_not_used_again()
    {
        stripe.Transfer("k", 600);

        stripe.Admin($"accounts/{Account}/payouts", """{"amount_minor":500}""");
        stripe.Admin("payouts/po_sim_000001/paid", "{}");
        var paid = Json(stripe.Get("/v1/payouts/po_sim_000001", account: Account));
        stripe.Admin("payouts/po_sim_000001/failed", """{"failure_code":"account_closed"}""");

        Assert.Equal("paid", paid.GetProperty("status").GetString());
        Assert.Equal("account_closed",
            Json(stripe.Get("/v1/payouts", account: Account)).GetProperty("data")[0].GetProperty("failure_code").GetString());
        Assert.Equal(
            600, Json(stripe.Get("/v1/balance", account: Account)).GetProperty("available")[0].GetProperty("amount").GetInt64());
        Assert.Equal("payouts_not_allowed", Code(stripe.Admin($"accounts/{Account}/payouts", "{}")));
        Assert.Equal(["account.updated", "payout.failed", "payout.paid", "payout.created"], EventTypes(stripe, Account)[..4]);
        Assert.Empty(Ids(stripe.Get("/v1/payouts")));
        Assert.Equal(404, stripe.Get("/v1/payouts/po_sim_000001").Response!.Status);
    }

    [Fact]
    public void Money_on_its_way_to_the_bank_cannot_be_taken_back_until_the_payout_is_canceled()
    {
        stripe.Transfer("k", 600);
        stripe.Admin($"accounts/{Account}/payouts", "{}");

        var blocked = stripe.Post("/v1/transfers/tr_sim_000001/reversals", "");
        stripe.Admin("payouts/po_sim_000001/canceled", "{}");
        var reversed = stripe.Post("/v1/transfers/tr_sim_000001/reversals", "");

        Assert.Equal("balance_insufficient", Code(blocked));
        Assert.Equal(200, reversed.Response!.Status);
        Assert.Equal(
            ["payment_refund", "payout_cancel", "payout", "payment"],
            Json(stripe.Get("/v1/balance_transactions", account: Account)).GetProperty("data").EnumerateArray()
                .Select(m => m.GetProperty("type").GetString()));
    }

    [Fact]
    public void An_account_without_money_can_be_deleted()
    {
        stripe.Transfer("k", 600);

        Assert.Equal(400, stripe.Delete($"/v1/accounts/{Account}").Response!.Status);
        Assert.True(Json(stripe.Delete($"/v1/accounts/{fresh}")).GetProperty("deleted").GetBoolean());
        Assert.Equal(403, stripe.Get($"/v1/accounts/{fresh}").Response!.Status);
    }

    private string Link()
    {
        var answer = Json(stripe.Post(
            "/v1/account_links",
            $"account={fresh}&type=account_onboarding&refresh_url=https%3A%2F%2Fplatform.example%2Fagain&return_url=https%3A%2F%2Fplatform.example%2Fback"));
        Assert.Equal(300, answer.GetProperty("expires_at").GetInt64() - answer.GetProperty("created").GetInt64());
        return new Uri(answer.GetProperty("url").GetString()!).AbsolutePath;
    }

    private JsonElement Read() => Json(stripe.Get($"/v1/accounts/{fresh}"));

    private static string? Transfers(JsonElement account) =>
        account.GetProperty("capabilities").GetProperty("transfers").GetString();

    private static JsonElement Requirements(JsonElement account) => account.GetProperty("requirements");
}
