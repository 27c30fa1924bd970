using ContestPipeline.Payout;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Payout;

/// <summary>Amount and recipient of a payout are Settlement's: tried against every route with every role, and against the database as the worker's own role.</summary>
public sealed class NobodyChangesAPayoutTests(ApiWorld api) : IClassFixture<ApiWorld>
{
    private readonly PayoutWorld world = api.Payouts;

    [Fact]
    public async Task No_route_changes_an_amount_or_a_recipient_or_makes_a_payout()
    {
        await world.GivenReady("fixed");
        await world.GivenSettled(ContestBuilder.Of("c-fixed", 10, ("fixed", [6_000_00])));
        await world.Runner().RunOnce(CancellationToken.None);
        var payoutId = await world.Scalar<string>("select payout_id from payout.payout where contest_id = 'c-fixed'");
        var before = await Payouts();
        var body = new
        {
            note = "x", amountMinor = 1, amount_minor = 1, playerId = "eve", player_id = "eve", destination = "acct_eve", currency = "eur", contestId = "c-fixed",
            payoutId, reason = "x",
        };

        Assert.NotEmpty(api.Routes);
        foreach (var route in api.Routes.Where(r => r.Method is not "GET"))
        {
            var path = route.Pattern.Replace("{payoutId}", payoutId, StringComparison.Ordinal);
            path = System.Text.RegularExpressions.Regex.Replace(path, "\\{[^}]+\\}", "c-fixed");
            foreach (var role in ApiRole.All) await api.Ask(new HttpMethod(route.Method), path, api.Token("mallory", role), body);
            Assert.Equal(before, await Payouts());
        }

        foreach (var method in new[] { "PUT", "PATCH", "DELETE", "POST" })
        {
            foreach (var path in new[] { "/v1/payouts", $"/v1/payouts/{payoutId}" })
                Assert.True((await api.Ask(new HttpMethod(method), path, api.Token("mallory", [.. ApiRole.All]), body)).Status >= 400, $"{method} {path} was accepted");
        }

        Assert.Equal(before, await Payouts());
    }

    [Theory]
    [InlineData("update payout.payout set amount_minor = amount_minor + 1")]
    [InlineData("update payout.payout set player_id = 'eve'")]
    [InlineData("update payout.payout set currency = 'eur'")]
    [InlineData("update payout.payout set contest_id = 'c-eve'")]
    [InlineData("update payout.payout set payout_id = payout_id || 'x'")]
    [InlineData("delete from payout.payout")]
    [InlineData("truncate payout.payout cascade")]
    [InlineData("""
        insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at, created_at)
        values ('rogue', 'c-role', 1, 'eve', 100, 'usd', 'pending', 1, now(), now())
        """)]
    [InlineData("""
        insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at, created_at)
        values ('rogue', 'c-nowhere', 1, 'eve', 100, 'usd', 'pending', 1, now(), now())
        """)]
    [InlineData("update payout.attempt set destination = 'acct_eve'")]
    [InlineData("update payout.attempt set idempotency_key = idempotency_key || 'x'")]
    [InlineData("update payout.award set net_minor = net_minor + 1")]
    [InlineData("update payout.settlement set prizes_net_minor = prizes_net_minor + 1")]
    [InlineData("update payout.payout_hold set cause = 'manual'")]
    [InlineData("update payout.risk_assessment set decision = 'pass'")]
    [InlineData("delete from payout.payout_hold")]
    [InlineData("delete from payout.payout_review")]
    [InlineData("alter table payout.payout disable trigger all")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("drop table payout.payout cascade")]
    public async Task The_worker_s_own_role_is_refused_by_the_database(string sql)
    {
        if (await world.State("c-role") is null)
        {
            await world.GivenReady("role");
            await world.GivenSettled(ContestBuilder.Of("c-role", "role"));
            await world.Runner().RunOnce(CancellationToken.None);
        }

        var before = await Payouts();

        await Assert.ThrowsAsync<PostgresException>(() => world.Database.Run(tx => tx.Execute(sql), CancellationToken.None));

        Assert.Equal(before, await Payouts());
    }

    private async Task<IReadOnlyList<string>> Payouts()
    {
        await using var connection = new NpgsqlConnection(world.AdminConnection);
        return (await connection.QueryAsync<string>(
            "select concat_ws('|', payout_id, contest_id, revision, player_id, amount_minor, currency) from payout.payout order by 1")).AsList();
    }
}
