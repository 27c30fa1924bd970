using ContestPipeline.Payout.Api;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Recovery;
using Dapper;
using Npgsql;
using Stripe;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// Amount and recipient of a payout are Settlement's: tried against every route with every role, and against the database as the
/// worker's own role.
/// </summary>
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
            note = "x", amountMinor = 1, amount_minor = 1, playerId = "eve", player_id = "eve", destination = "acct_eve",
            currency = "eur", contestId = "c-fixed",
            payoutId, reason = "x",
        };

        Assert.True(api.Routes.Count(r => r.Method is not "GET") >= 7, $"{api.Routes.Count}");
        foreach (var route in api.Routes.Where(r => r.Pattern.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            var path = Path(route.Pattern, payoutId!)
                + "?amountMinor=1&amount_minor=1&playerId=eve&destination=acct_eve&currency=eur";
            foreach (var role in ApiRole.All)
            {
                var (status, _) = await api.Ask(
                    new HttpMethod(route.Method), path, api.Token("mallory", role), route.Method is "GET" ? null : body);
                if (route.Method is not "GET")
                    Assert.True(status >= 400 || TakesNoBody(route), $"{route} took what it does not know");
            }

            Assert.Equal(before, await Payouts());
        }

        foreach (var method in new[] { "PUT", "PATCH", "DELETE", "POST" })
        {
            foreach (var path in new[] { "/v1/payouts", $"/v1/payouts/{payoutId}" })
                Assert.True(
                    (await api.Ask(new HttpMethod(method), path, api.Token("mallory", [.. ApiRole.All]), body)).Status >= 400,
                    $"{method} {path} was accepted");
        }

        Assert.Equal(before, await Payouts());
    }

    [Fact]
    public async Task No_body_that_a_route_does_take_changes_an_amount_or_a_recipient()
    {
        await world.GivenReady("fits");
        await world.GivenSettled(ContestBuilder.Of("c-fits", 10, ("fits", [6_000_00])));
        await world.Runner().RunOnce(CancellationToken.None);
        var payoutId = await world.Scalar<string>("select payout_id from payout.payout where contest_id = 'c-fits'");
        var before = await Payouts();
        var (_, document) = await api.Ask(HttpMethod.Get, OpenApiDescription.Path, token: null);
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var tried = 0;

        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("post", out _)))
        {
            var body = path.Value.GetProperty("post").TryGetProperty("requestBody", out var asked)
                ? Filled(schemas.GetProperty(
                    asked.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref")
                        .GetString()!.Split('/')[^1]))
                : null;
            foreach (var role in ApiRole.All.Append("all"))
            {
                var token = role == "all" ? api.Token("mallory", [.. ApiRole.All]) : api.Token("mallory", role);
                var (status, answer) = await api.Ask(HttpMethod.Post, Path(path.Name, payoutId!), token, body);
                // What may be asked of a wallet depends on its currency and the player's limits.
                Assert.True(status != 400 || path.Name.StartsWith("/v1/me/wallet/", StringComparison.Ordinal),
                    $"{path.Name}: the body is what the document says, and was refused: {answer}");
                Assert.Equal(before, await Payouts());
                tried++;
            }
        }

        Assert.True(tried >= 7 * 5, $"{tried}");
        // One of the routes stops all money, for the tests beside this one too.
        await world.Database.Run(
            async tx => await tx.EndRecovery((await tx.LockRecovery())!, "test", "was stopped by a route that was tried"),
            CancellationToken.None);
    }

    /// <summary>The body with every field there is, in figures as large as they come.</summary>
    private static Dictionary<string, object> Filled(
        System.Text.Json.JsonElement schema) => schema.GetProperty("properties").EnumerateObject().ToDictionary(
        p => p.Name,
        p => p.Value.GetProperty("type").ToString().Contains("integer", StringComparison.Ordinal) ? (object)long.MaxValue
            : p.Value.TryGetProperty("format", out var format) && format.GetString() == "date-time"
                ? "2026-01-01T00:00:00Z"
            : p.Value.TryGetProperty("enum", out var words) ? words.EnumerateArray().Last().GetString()! : "words");

    private static bool TakesNoBody(ApiRoute route) =>
        route.Pattern is "/v1/stripe/sweep" or "/v1/players/{playerId}/onboarding/reset";

    private static string Path(string pattern, string payoutId) => System.Text.RegularExpressions.Regex.Replace(
        pattern.Replace("{payoutId}", payoutId, StringComparison.Ordinal), "\\{[^}]+\\}", "2026");

    [Theory]
    [InlineData("update payout.payout set amount_minor = amount_minor + 1")]
    [InlineData("update payout.payout set player_id = 'eve'")]
    [InlineData("update payout.payout set currency = 'eur'")]
    [InlineData("update payout.payout set contest_id = 'c-eve'")]
    [InlineData("update payout.payout set payout_id = payout_id || 'x'")]
    [InlineData("delete from payout.payout")]
    [InlineData("truncate payout.payout cascade")]
    [InlineData("""
        insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at,
            created_at)
        values ('rogue', 'c-role', 1, 'eve', 100, 'usd', 'pending', 1, now(), now())
        """)]
    [InlineData("""
        insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at,
            created_at)
        values ('rogue', 'c-nowhere', 1, 'eve', 100, 'usd', 'pending', 1, now(), now())
        """)]
    [InlineData("update payout.attempt set destination = 'acct_eve'")]
    [InlineData("update payout.attempt set idempotency_key = idempotency_key || 'x'")]
    [InlineData("update payout.stripe_account set player_id = 'eve'")]
    [InlineData("update payout.stripe_account set account_id = 'acct_eve'")]
    [InlineData("delete from payout.stripe_account")]
    [InlineData("""
        insert into payout.attempt (payout_id, attempt_no, idempotency_key, parameter_hash, destination, first_used_at, outcome)
        select payout_id, 9, 'rogue', 'hash', 'acct_eve', now(), 'open' from payout.payout where contest_id = 'c-role'
        """)]
    [InlineData("update payout.attempt set outcome = 'open', transfer_id = null, closed_at = null")]
    [InlineData("update payout.payout set state = 'pending', transfer_id = null, due_at = now() where state = 'paid'")]
    [InlineData("update payout.payout_change set state = 'pending'")]
    [InlineData("update payout.ledger_transfer set amount_minor = amount_minor + 1")]
    [InlineData("delete from payout.ledger_transfer")]
    [InlineData("delete from payout.ledger_account")]
    [InlineData("delete from payout.transfer_reversal")]
    [InlineData("update payout.entry_payment set amount_minor = amount_minor + 1 returning 1 / 0")]
    [InlineData("update payout.audit_log set reason = 'x'")]
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

    [Theory]
    [InlineData("ingestion")]
    [InlineData("scoring")]
    [InlineData("settlement")]
    public async Task No_other_worker_s_role_sees_or_touches_anything_of_payout(string role)
    {
        await using var connection = new NpgsqlConnection(world.AdminConnection);
        var allowed = await connection.QueryAsync<string>(
            """
            select c.relname || ' ' || r.right
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
                cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) r("right")
            where n.nspname = 'payout' and c.relkind in ('r', 'p', 'v')
                and has_schema_privilege(@role, 'payout', 'usage') and has_table_privilege(@role, c.oid, r.right)
            """,
            new { role });

        Assert.Empty(allowed);
    }

    [Fact]
    public async Task Editing_the_metadata_of_an_account_at_Stripe_redirects_no_prize()
    {
        var account = await world.GivenAccount("rightful");
        await world.Runner().RunOnce(CancellationToken.None);
        await new AccountService(world.Stripe()).UpdateAsync(
            account, new AccountUpdateOptions { Metadata = new Dictionary<string, string> { ["player_id"] = "eve" } });
        await world.AccountUpdated(account, "eve");
        await world.GivenSettled(ContestBuilder.Of("c-eve", "eve"));
        await world.Runner().RunOnce(CancellationToken.None);

        Assert.Equal("rightful",
            await world.Scalar<string>(
                $"select player_id from payout.stripe_account where account_id = '{account}' and not stale"));
        Assert.Equal("awaiting_account", await world.State("c-eve"));
        Assert.Single(await world.Sent<Contracts.AlertRaisedV1>(), a => a.DedupKey == $"account-owner/{account}/eve");
    }

    /// <summary>Amounts and recipients, and where they have been or are being sent.</summary>
    private async Task<IReadOnlyList<string>> Payouts()
    {
        await using var connection = new NpgsqlConnection(world.AdminConnection);
        return (await connection.QueryAsync<string>(
            """
            select concat_ws('|', p.payout_id, p.contest_id, p.revision, p.player_id, p.amount_minor, p.currency, a.attempt_no,
                a.destination)
            from payout.payout p left join payout.attempt a on a.payout_id = p.payout_id
            union all
            select concat_ws('|', account_id, player_id) from payout.stripe_account
            order by 1
            """)).AsList();
    }
}
