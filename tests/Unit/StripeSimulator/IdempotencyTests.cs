using ContestPipeline.StripeSimulator.Core;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>What an idempotency key keeps, for how long, and what it does not keep.</summary>
public sealed class IdempotencyTests
{
    private readonly SimulatedStripe stripe = new();

    [Fact]
    public void The_same_key_and_parameters_give_the_first_answer_again_and_one_transfer()
    {
        var first = stripe.Transfer("k");
        var second = stripe.Transfer("k");

        Assert.Equal(first.Response!.Body, second.Response!.Body);
        Assert.False(IsReplayed(first));
        Assert.True(IsReplayed(second));
        Assert.Equal(first.Response.Headers["Request-Id"], second.Response.Headers["Original-Request"]);
        Assert.Equal(1, stripe.TransferCount);
    }

    [Fact]
    public void The_order_of_the_parameters_does_not_matter()
    {
        stripe.Post("/v1/transfers", $"amount=100&currency=usd&destination={Account}", "k");

        var second = stripe.Post("/v1/transfers", $"destination={Account}&currency=usd&amount=100", "k");

        Assert.True(IsReplayed(second));
    }

    [Fact]
    public void Without_a_key_every_request_is_a_new_one()
    {
        stripe.Transfer(null);
        stripe.Transfer(null);

        Assert.Equal(2, stripe.TransferCount);
    }

    [Fact]
    public void Other_parameters_under_the_same_key_are_refused_in_Stripes_words()
    {
        stripe.Transfer("k", amountMinor: 100);

        var refused = stripe.Transfer("k", amountMinor: 101);

        Assert.Equal(400, refused.Response!.Status);
        Assert.Equal("idempotency_error", Text(refused, "type"));
        Assert.Null(Code(refused));
        Assert.Equal(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. " +
            "Try using a key other than 'k' if you meant to execute a different request.",
            Text(refused, "message"));
        Assert.Equal(1, stripe.TransferCount);
    }

    [Fact]
    public void A_key_is_good_for_one_endpoint_only()
    {
        stripe.Transfer("k");

        var refused = stripe.Post("/v1/accounts", "", "k");

        Assert.Equal("idempotency_error", Text(refused, "type"));
        Assert.Contains("can only be used for the same endpoint they were first used for ('/v1/accounts' vs '/v1/transfers')",
            Text(refused, "message"));
    }

    [Fact]
    public void Each_connected_account_has_keys_of_its_own()
    {
        stripe.Post("/v1/accounts", "", "k");

        Assert.False(IsReplayed(stripe.Post("/v1/accounts", "", "k", account: Account)));
    }

    [Theory]
    [InlineData(-1, true, 1)]
    [InlineData(0, false, 2)]
    public void A_key_lives_24_hours_from_its_first_use_and_then_makes_a_second_transfer(
        int offsetSeconds, bool replayed, int transfers)
    {
        stripe.Transfer("k");
        stripe.Now = stripe.Now.AddHours(12);
        stripe.Transfer("k");
        stripe.Now = stripe.Now.AddHours(12).AddSeconds(offsetSeconds);

        var last = stripe.Transfer("k");

        Assert.Equal(replayed, IsReplayed(last));
        Assert.Equal(transfers, stripe.TransferCount);
    }

    [Fact]
    public void A_refusal_for_lack_of_money_is_kept_even_after_the_money_has_come()
    {
        var poor = new SimulatedStripe(fundsMinor: 99);
        var refused = poor.Transfer("k", amountMinor: 100);
        poor.Admin("funds", """{"amount_minor":1}""");

        var again = poor.Transfer("k", amountMinor: 100);
        var fresh = poor.Transfer("k2", amountMinor: 100);

        Assert.Equal("balance_insufficient", Code(refused));
        Assert.Equal("balance_insufficient", Code(again));
        Assert.True(IsReplayed(again));
        Assert.Equal(200, fresh.Response!.Status);
    }

    [Fact]
    public void A_refusal_for_lack_of_a_capability_is_kept()
    {
        stripe.Admin($"accounts/{Account}/capabilities", """{"transfers":"inactive"}""");
        var refused = stripe.Transfer("k");
        stripe.Admin($"accounts/{Account}/capabilities", """{"transfers":"active"}""");

        Assert.Equal("insufficient_capabilities_for_transfer", Code(refused));
        Assert.True(IsReplayed(stripe.Transfer("k")));
    }

    [Theory]
    [InlineData("amount=ten&currency=usd&destination=acct_sim_000001", "parameter_invalid_integer")]
    [InlineData("currency=usd&destination=acct_sim_000001", "parameter_missing")]
    [InlineData("amount=1&currency=usd&destination=acct_sim_000001&colour=red", "parameter_unknown")]
    [InlineData("amount=1&currency=usd&destination=acct_nobody", "resource_missing")]
    public void A_refused_parameter_leaves_the_key_unused(string parameters, string code)
    {
        var refused = stripe.Post("/v1/transfers", parameters, "k");

        Assert.Equal(400, refused.Response!.Status);
        Assert.Equal(code, Code(refused));
        Assert.Equal(200, stripe.Transfer("k").Response!.Status);
    }

    [Fact]
    public void A_missing_or_live_key_is_refused_and_leaves_the_idempotency_key_unused()
    {
        var request = new SimRequest("POST", "/v1/transfers", "amount=1", "k", null, null, stripe.Now);

        Assert.Equal(401, stripe.State.Apply(request).Response!.Status);
        Assert.Equal(401, stripe.State.Apply(request with { ApiKey = "sk_live_1" }).Response!.Status);
        Assert.Equal(200, stripe.Transfer("k").Response!.Status);
    }

    [Fact]
    public void A_key_in_use_is_answered_with_409_and_not_executed()
    {
        var first = new SimRequest(
            "POST", "/v1/transfers", $"amount=1&currency=usd&destination={Account}", "k", null, "sk_test_1", stripe.Now);
        Assert.True(stripe.State.Keys.Begin(first));

        var second = stripe.State.Apply(first);
        stripe.State.Keys.End(first);

        Assert.Equal(409, second.Response!.Status);
        Assert.Equal("idempotency_key_in_use", Code(second));
        Assert.Equal(200, stripe.State.Apply(first).Response!.Status);
    }

    [Fact]
    public void A_key_of_more_than_255_characters_is_refused() =>
        Assert.Equal(400, stripe.Transfer(new string('k', 256)).Response!.Status);

    [Fact]
    public void A_key_has_no_effect_on_a_read()
    {
        var read = new SimRequest("GET", "/v1/balance", "", "k", null, "sk_test_1", stripe.Now);
        stripe.State.Apply(read);
        stripe.Transfer("k2");

        Assert.False(IsReplayed(stripe.State.Apply(read)));
    }
}
