using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>What transfers, reversals and top-ups do to the balances.</summary>
public sealed class MoneyTests
{
    private readonly SimulatedStripe stripe = new(fundsMinor: 1_000);

    [Fact]
    public void A_transfer_takes_from_the_available_balance_and_never_more_than_there_is()
    {
        Assert.Equal(200, stripe.Transfer("a", 600).Response!.Status);
        Assert.Equal("balance_insufficient", Code(stripe.Transfer("b", 401)));
        Assert.Equal(200, stripe.Transfer("c", 400).Response!.Status);
        Assert.Equal(0, stripe.AvailableMinor);
    }

    [Fact]
    public void Money_that_is_still_pending_cannot_be_transferred_until_it_matures()
    {
        var poor = new SimulatedStripe(fundsMinor: 0);
        poor.Admin("funds", """{"amount_minor":100,"available_in_seconds":60}""");

        var before = poor.Transfer("a");
        poor.Now = poor.Now.AddSeconds(60);
        var after = poor.Transfer("b");

        Assert.Equal("balance_insufficient", Code(before));
        Assert.Equal(200, after.Response!.Status);
        Assert.Equal(0, poor.AvailableMinor);
    }

    [Fact]
    public void A_topup_is_available_at_once()
    {
        stripe.Post("/v1/topups", "amount=500&currency=usd");

        Assert.Equal(1_500, stripe.AvailableMinor);
    }

    [Fact]
    public void A_reversal_brings_money_back_and_never_more_than_was_transferred()
    {
        stripe.Transfer("a", 600);

        var part = stripe.Post("/v1/transfers/tr_sim_000001/reversals", "amount=200");
        var tooMuch = stripe.Post("/v1/transfers/tr_sim_000001/reversals", "amount=401");
        var rest = stripe.Post("/v1/transfers/tr_sim_000001/reversals", "");
        var none = stripe.Post("/v1/transfers/tr_sim_000001/reversals", "");

        Assert.Equal(200, Json(part).GetProperty("amount").GetInt64());
        Assert.Equal(400, tooMuch.Response!.Status);
        Assert.Equal(400, Json(rest).GetProperty("amount").GetInt64());
        Assert.Equal(400, none.Response!.Status);
        Assert.Equal(1_000, stripe.AvailableMinor);
        var transfer = Json(stripe.Get("/v1/transfers/tr_sim_000001"));
        Assert.True(transfer.GetProperty("reversed").GetBoolean());
        Assert.Equal(["trr_sim_000002", "trr_sim_000001"], Ids(stripe.Get("/v1/transfers/tr_sim_000001/reversals")));
    }

    [Fact]
    public void A_reversal_fails_when_the_destination_has_spent_the_money()
    {
        stripe.Transfer("a", 600);
        stripe.Admin($"accounts/{Account}/balance", """{"delta_minor":-1}""");

        Assert.Equal("balance_insufficient", Code(stripe.Post("/v1/transfers/tr_sim_000001/reversals", "")));
        Assert.Equal(400, stripe.AvailableMinor);
    }

    [Fact]
    public void Every_movement_of_the_balance_is_listed_with_its_source()
    {
        stripe.Transfer("a", 600);
        stripe.Post("/v1/transfers/tr_sim_000001/reversals", "amount=200");

        var movements = Json(stripe.Get("/v1/balance_transactions")).GetProperty("data").EnumerateArray()
            .Select(movement => (movement.GetProperty("type").GetString(), movement.GetProperty("net").GetInt64(),
                movement.GetProperty("source").GetString()));

        Assert.Equal(
            [("transfer_refund", 200, "trr_sim_000001"), ("transfer", -600, "tr_sim_000001"), ("topup", 1_000, "tu_sim_000001")],
            movements);
        Assert.Single(Ids(stripe.Get("/v1/balance_transactions", "type=transfer")));
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("inactive")]
    [InlineData("unrequested")]
    public void An_account_without_the_capability_receives_nothing(string status)
    {
        stripe.Admin($"accounts/{Account}/capabilities", $$"""{"transfers":"{{status}}"}""");

        Assert.Equal("insufficient_capabilities_for_transfer", Code(stripe.Transfer("a")));
        Assert.Equal(1_000, stripe.AvailableMinor);
    }

    [Fact]
    public void Events_tell_of_transfers_to_the_platform_and_of_accounts_in_their_name_and_last_30_days()
    {
        stripe.Transfer("a", 600);
        stripe.Post("/v1/transfers/tr_sim_000001/reversals", "");

        Assert.Equal(["transfer.reversed", "transfer.created"], EventTypes(stripe));
        Assert.Equal(2, Ids(stripe.Get("/v1/events", "types[0]=transfer.created&types[1]=transfer.reversed")).Length);
        Assert.Equal(["capability.updated", "account.updated", "account.updated"], EventTypes(stripe, Account));
        Assert.Equal(
            "account.updated", Json(stripe.Get("/v1/events/evt_sim_000001", account: Account)).GetProperty("type").GetString());
        Assert.Equal(404, stripe.Get("/v1/events/evt_sim_000001").Response!.Status);
        stripe.Now = stripe.Now.AddDays(30);
        Assert.Empty(Ids(stripe.Get("/v1/events")));
    }

    [Fact]
    public void Metadata_is_changed_by_name_and_removed_by_an_empty_value()
    {
        stripe.Post($"/v1/accounts/{Account}", "metadata[player_id]=&metadata[region]=us");

        var metadata = Json(stripe.Get($"/v1/accounts/{Account}")).GetProperty("metadata");

        Assert.Equal("""{"region":"us"}""", metadata.GetRawText());
    }
}
