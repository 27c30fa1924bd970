
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout;

/// <summary>Who gets in at the door of the API, and what those hear who do not.</summary>
public sealed class PayoutApiTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task Anyone_may_ask_whether_it_is_alive()
    {
        var (status, body) = await world.Ask(HttpMethod.Get, "/healthz", token: null);

        Assert.Equal((200, "ok"), (status, body.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Without_a_token_nothing_else_answers()
    {
        var (status, body) = await world.Ask(HttpMethod.Get, "/v1/payouts", token: null);

        Assert.Equal(401, status);
        Assert.Contains("has no bearer token", body.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_forged_an_expired_and_a_garbled_token_are_refused_and_told_why()
    {
        var now = world.Payouts.Clock.GetUtcNow();
        var forged = Jwt.Make(
            ApiWorld.Tokens with { Key = new byte[32] }, new JwtBearer("eve", [ApiRole.Approver], now.AddHours(1)), now);
        var expired = Jwt.Make(ApiWorld.Tokens, new JwtBearer("ann", [ApiRole.Approver], now.AddMinutes(-5)), now.AddHours(-1));

        foreach (var (token, why) in new[] { (forged, "the signature is not ours"), (expired, "it has expired"),
            ("nonsense", "not a token") })
        {
            var (status, body) = await world.Ask(HttpMethod.Get, "/v1/payouts", token);
            Assert.Equal(401, status);
            Assert.Contains(why, body.GetProperty("detail").GetString());
        }
    }

    [Theory]
    [InlineData(ApiRole.Viewer, 200)]
    [InlineData(ApiRole.Operator, 200)]
    [InlineData(ApiRole.Approver, 200)]
    [InlineData(ApiRole.Player, 403)]
    [InlineData("admin", 403)]
    public async Task Payouts_are_shown_to_staff_only(string role, int expected)
    {
        var (status, _) = await world.Ask(HttpMethod.Get, "/v1/payouts", world.Token("ann", role));

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Staff_finds_a_payout_by_its_contest_and_sees_its_history()
    {
        await world.Payouts.GivenSettled(ContestBuilder.Of("c-seen", "seen-a", "seen-b"));
        var viewer = world.Token("vera", ApiRole.Viewer);

        var (_, list) = await world.Ask(HttpMethod.Get, "/v1/payouts?contest=c-seen&limit=1", viewer);
        var first = Assert.Single(list.GetProperty("payouts").EnumerateArray());
        var (_, rest) = await world.Ask(
            HttpMethod.Get, $"/v1/payouts?contest=c-seen&after={list.GetProperty("next").GetString()}", viewer);
        var (_, one) = await world.Ask(HttpMethod.Get, $"/v1/payouts/{first.GetProperty("payoutId").GetString()}", viewer);

        Assert.Single(rest.GetProperty("payouts").EnumerateArray());
        Assert.Equal(
            first.GetProperty("amountMinor").GetInt64(), one.GetProperty("payout").GetProperty("amountMinor").GetInt64());
        Assert.Equal("pending", Assert.Single(one.GetProperty("history").EnumerateArray()).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("/v1/payouts?state=lost", 400, "state must be one of")]
    [InlineData("/v1/payouts?limit=0", 400, "limit must be from 1 to")]
    [InlineData("/v1/payouts?limit=many", 400, "limit")]
    [InlineData("/v1/payouts/po_nobody", 404, "There is no payout po_nobody")]
    public async Task What_cannot_be_answered_says_what_is_wrong(string path, int expected, string detail)
    {
        var (status, body) = await world.Ask(HttpMethod.Get, path, world.Token("vera", ApiRole.Viewer));

        Assert.Equal(expected, status);
        Assert.Contains(detail, body.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("GET", "/v1/nowhere")]
    [InlineData("DELETE", "/v1/payouts")]
    [InlineData("GET", "/")]
    public async Task A_route_that_is_not_there_opens_for_nobody(string method, string path)
    {
        var (status, _) = await world.Ask(new HttpMethod(method), path, world.Token("ann", [.. ApiRole.All]));

        Assert.True(status is 403 or 404 or 405, $"answered {status}");
    }

    [Fact]
    public async Task One_caller_who_asks_too_fast_waits_and_the_others_do_not()
    {
        var address = await world.Serve(ratePerMinute: 5);
        var hasty = world.Token("hasty", ApiRole.Viewer);

        var answers = new List<int>();
        for (var i = 0; i < 8; i++) answers.Add((await world.Ask(HttpMethod.Get, "/v1/payouts", hasty, address: address)).Status);
        var (other, _) = await world.Ask(HttpMethod.Get, "/v1/payouts", world.Token("calm", ApiRole.Viewer), address: address);

        Assert.Equal(5, answers.Count(a => a == 200));
        Assert.Equal(3, answers.Count(a => a == 429));
        Assert.Equal(200, other);
    }

    [Fact]
    public async Task A_stranger_who_uses_up_the_rate_of_an_address_does_not_make_the_service_look_unhealthy()
    {
        var address = await world.Serve(ratePerMinute: 2);

        for (var i = 0; i < 4; i++) await world.Ask(HttpMethod.Get, "/openapi/v1.json", null, address: address);
        var (refused, _) = await world.Ask(HttpMethod.Get, "/openapi/v1.json", null, address: address);
        var (health, _) = await world.Ask(HttpMethod.Get, "/healthz", null, address: address);

        Assert.Equal((429, 200), (refused, health));
    }
}
