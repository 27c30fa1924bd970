
namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>What winners and finance see of money that really moved.</summary>
public sealed class EarningsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task A_winner_sees_his_prizes_and_nobody_elses_and_the_year_adds_up()
    {
        await world.Payouts.GivenAccount("ann");
        await world.Payouts.GivenAccount("ben", ready: false);
        await world.Payouts.GivenSettled(ContestBuilder.Of("earn-1", 100, ("ann", [10_000, 5_000]), ("ben", [4_000])));
        var runner = world.Payouts.Runner();
        while (await runner.RunOnce(default) > 0) { }

        var (status, ann) = await world.Ask(HttpMethod.Get, "/v1/players/me/earnings", world.Token("ann", "player"));
        Assert.Equal(200, status);
        var totals = Assert.Single(ann.GetProperty("totals").EnumerateArray());
        Assert.Equal((15_000L, 450L, 14_550L, 14_550L),
            (totals.GetProperty("grossMinor").GetInt64(), totals.GetProperty("feesMinor").GetInt64(),
                totals.GetProperty("netMinor").GetInt64(), totals.GetProperty("paidMinor").GetInt64()));
        Assert.All(ann.GetProperty("prizes").EnumerateArray(), p => Assert.Equal("paid", p.GetProperty("status").GetString()));
        Assert.Equal(14_550, Assert.Single(ann.GetProperty("years").EnumerateArray()).GetProperty("winningsMinor").GetInt64());

        var (_, ben) = await world.Ask(HttpMethod.Get, "/v1/players/ben/prizes/earn-1", world.Token("ben", "player"));
        var waiting = Assert.Single(ben.GetProperty("prizes").EnumerateArray());
        Assert.Equal("pending", waiting.GetProperty("status").GetString());
        Assert.Contains("account", waiting.GetProperty("waitingFor").GetString(), StringComparison.Ordinal);

        Assert.Equal(404, (await world.Ask(HttpMethod.Get, "/v1/players/ann/earnings", world.Token("ben", "player"))).Status);
        Assert.Equal(200, (await world.Ask(HttpMethod.Get, "/v1/players/ann/earnings", world.Token("vic", "viewer"))).Status);
        Assert.Equal(
            404, (await world.Ask(HttpMethod.Get, "/v1/players/me/prizes/no-such", world.Token("ann", "player"))).Status);
        Assert.Equal(401, (await world.Ask(HttpMethod.Get, "/v1/players/me/earnings", token: null)).Status);

        var year = world.Payouts.Clock.GetUtcNow().Year;
        var (_, report) = await world.Ask(HttpMethod.Get, $"/v1/tax/1099/{year}?all=true", world.Token("olga", "operator"));
        var player = Assert.Single(report.GetProperty("players").EnumerateArray());
        Assert.Equal(("ann", 14_550L, 450L),
            (player.GetProperty("playerId").GetString(), player.GetProperty("paidMinor").GetInt64(),
                player.GetProperty("feesMinor").GetInt64()));
        Assert.Equal(403, (await world.Ask(HttpMethod.Get, $"/v1/tax/1099/{year}", world.Token("vic", "viewer"))).Status);
        Assert.Equal(400, (await world.Ask(HttpMethod.Get, "/v1/tax/1099/1999", world.Token("olga", "operator"))).Status);
    }
}
