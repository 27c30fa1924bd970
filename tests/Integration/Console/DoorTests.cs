using System.Net;
using System.Net.Http.Json;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole;
using Microsoft.AspNetCore.Authorization;
using Npgsql;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>Who gets in, from where, and what the console's own role may do.</summary>
public sealed class DoorTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    private const string Looks = "GET /v1/ops/failures GET /v1/ops/failures/keys GET /v1/ops/failures/retries/{retryId} "
        + "GET /v1/ops/me GET /v1/ops/messages GET /v1/ops/replays GET /v1/ops/replays/{replayId}";

    [Fact]
    public async Task Every_route_but_signing_in_asks_who_is_there()
    {
        using var stranger = world.Stranger();
        string[] open = [.. world.Routes.Where(r => r.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(r => $"{r.Method} {r.Pattern}").Order(StringComparer.Ordinal)];

        Assert.Equal(
            ["GET /assets/console.css", "GET /healthz", "GET /openapi/v1.json", "GET /sign-in", "GET /v1/ops/sign-in",
                "POST /sign-in", "POST /v1/ops/sign-in"], open);
        foreach (var (method, pattern, endpoint) in world.Routes.Where(r =>
            r.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            using var answer = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), PathOf(pattern)));
            Assert.NotEmpty(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>());
            if (IsApi(pattern))
            {
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
                continue;
            }

            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.StartsWith("/sign-in?to=", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ApiRole.Viewer, "")]
    [InlineData(ApiRole.Operator, "/alerts/acknowledge /alerts/resolve /failures/discard /failures/retry "
        + "/halts /halts/{haltNo:long}/lift /payouts/{payoutId}/retry /replays /replays/{replayId}/pause /replays/{replayId}/resume /replays/{replayId}/run /replays/{replayId}/stop")]
    [InlineData(ApiRole.Approver, "/alerts/acknowledge /alerts/resolve /failures/discard /failures/retry "
        + "/payouts/{payoutId}/reject /payouts/{payoutId}/release /replays/{replayId}/approve")]
    public async Task Each_role_may_do_its_own_acts_and_no_other(string role, string acts)
    {
        var browser = await world.SignedIn("rita", role);

        var allowed = new List<string>();
        foreach (var (_, pattern, _) in world.Routes.Where(r => r.Method == "POST" && !IsApi(r.Pattern) && r.Pattern
            is not ("/sign-in" or "/sign-out")))
        {
            using var answer = await ConsoleWorld.Submit(browser, "/", PathOf(pattern), ("key", "nobody/1"), ("note", "x"),
                ("confirm", "po_nobody"));
            if (answer.StatusCode != HttpStatusCode.Forbidden) allowed.Add(pattern);
            else Assert.Contains("another role", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(acts, string.Join(' ', allowed.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(ApiRole.Player, "")]
    [InlineData(ApiRole.Viewer, Looks)]
    [InlineData(ApiRole.Operator, Looks + " POST /v1/ops/failures/discards POST /v1/ops/failures/retries POST /v1/ops/replays "
        + "POST /v1/ops/replays/{replayId}/pause POST /v1/ops/replays/{replayId}/resume POST /v1/ops/replays/{replayId}/run "
        + "POST /v1/ops/replays/{replayId}/stop")]
    [InlineData(ApiRole.Approver, Looks + " POST /v1/ops/failures/discards POST /v1/ops/failures/retries "
        + "POST /v1/ops/replays/{replayId}/approve")]
    public async Task The_API_opens_to_bearers_by_their_roles_and_to_no_cookie(string role, string routes)
    {
        using var bearer = world.Bearer("rita", role);
        var cookie = await world.SignedIn("rita", ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver);

        var allowed = new List<string>();
        foreach (var (method, pattern, _) in world.Routes.Where(r =>
            IsApi(r.Pattern) && !r.Pattern.Contains('*') && !r.Pattern.EndsWith("/sign-in", StringComparison.Ordinal)))
        {
            using var answer = await bearer.SendAsync(Request(method, pattern));
            if (answer.StatusCode != HttpStatusCode.Forbidden) allowed.Add($"{method} {pattern.TrimEnd('/')}");
            using var byCookie = await cookie.SendAsync(Request(method, pattern));
            Assert.Equal((HttpStatusCode.Unauthorized, ApiProblem.MediaType),
                (byCookie.StatusCode, byCookie.Content.Headers.ContentType?.MediaType));
        }

        // For those who decide about it.
        if (role is ApiRole.Operator or ApiRole.Approver) Assert.True(allowed.Remove("GET /v1/ops/failures/key"));
        Assert.Equal(routes, string.Join(' ', allowed.Order(StringComparer.Ordinal)));

        static HttpRequestMessage Request(string method, string pattern) => new(new HttpMethod(method), PathOf(pattern))
        {
            Content = method == "POST" ? JsonContent.Create(new { reason = "x", topic = "nowhere" }) : null,
        };
    }

    [Fact]
    public async Task A_form_without_our_token_or_from_another_site_does_nothing()
    {
        await world.GivenAlert("forged/1", "contest-held");
        var ops = await world.SignedIn("olga", ApiRole.Operator);
        var token = ConsoleWorld.TokenIn(await ops.GetStringAsync("/"));
        var others = ConsoleWorld.TokenIn(await (await world.SignedIn("eve", ApiRole.Operator)).GetStringAsync("/"));

        foreach (var (value, header, text) in new[]
            {
                ("", "X-None", "1"), ("nonsense", "X-None", "1"), (others, "X-None", "1"),
                (token, "Sec-Fetch-Site", "cross-site"), (token, "Origin", "https://evil.example"), (token, "Origin", "null"),
            })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/alerts/resolve")
            {
                Content = new FormUrlEncodedContent([new("key", "forged/1"), new("form-token", value)]),
            };
            request.Headers.Add(header, text);
            using var answer = await ops.SendAsync(request);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(1, await world.Api.Payouts.Scalar<int>(
            "select count(*)::integer from payout.alert where dedup_key = 'forged/1' and resolved_at is null"));
    }

    [Fact]
    public async Task Every_answer_forbids_scripts_frames_and_caches()
    {
        using var stranger = world.Stranger();
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        foreach (var (browser, path) in new[] { (stranger, "/sign-in"), (stranger, "/healthz"), (viewer, "/"), (viewer,
            "/nowhere"),
            (viewer, "/payouts/po_nobody"), (viewer, "/contests/c-nobody"), (viewer, "/replays"), (stranger, "/v1/ops/replays") })
        {
            using var answer = await browser.GetAsync(path);
            var policy = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.DoesNotContain("style=", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/queue?order=largest", "/queue?order=largest")]
    public async Task Signing_in_leads_to_a_page_of_ours_only(string wish, string place)
    {
        using var browser = world.Stranger();
        var token = ConsoleWorld.TokenIn(await browser.GetStringAsync("/sign-in"));

        using var answer = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(
            [new("name", "vera"), new("role", "viewer"), new("to", wish), new("form-token", token)]));

        Assert.Equal(place, answer.Headers.Location?.OriginalString);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("console=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_form_gives_no_role_that_is_none_of_staff()
    {
        using var browser = world.Stranger();
        var token = ConsoleWorld.TokenIn(await browser.GetStringAsync("/sign-in"));

        using var answer = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(
            [new("name", "vera"), new("role", "player"), new("role", "admin"), new("form-token", token)]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public void Live_refuses_to_start_without_an_authority_and_in_plaintext()
    {
        const string Encrypted = "Host=db;Username=console;SSL Mode=VerifyFull";

        var form = Assert.Throws<SettingException>(() => world.Make(
            ("PIPELINE_ENVIRONMENT", "live"), ("CONSOLE_DATABASE", Encrypted), ("PAYOUT_API_URL", "https://payout.example")));
        var plain = Assert.Throws<SettingException>(() => world.Make(("PIPELINE_ENVIRONMENT", "live")));

        Assert.Equal("CONSOLE_OIDC_AUTHORITY", form.Setting);
        Assert.Contains("CONSOLE_DATABASE", plain.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_authority_there_is_no_form_and_people_are_sent_there()
    {
        await using var console = world.Make(
            ("CONSOLE_OIDC_AUTHORITY", "http://127.0.0.1:9"), ("CONSOLE_OIDC_CLIENT_ID", "console"),
            ("CONSOLE_OIDC_CLIENT_SECRET", "secret"), ("CONSOLE_PUBLIC_URL", "http://console.example"));
        await console.Start(CancellationToken.None);
        using var stranger = new HttpClient { BaseAddress = console.Address };

        using var form = await stranger.PostAsync("/sign-in", new FormUrlEncodedContent(
            [new("name", "eve"), new("role", "approver")]));

        Assert.True(form.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            or HttpStatusCode.InternalServerError, $"{form.StatusCode}");
        Assert.DoesNotContain(console.Routes, r => r is { Method: "POST", Pattern: "/sign-in" });
    }

    [Fact]
    public async Task The_role_console_writes_nothing_anywhere_and_reads_no_message_and_no_secret()
    {
        await using var connection = new NpgsqlConnection(world.Database + ";Pooling=false");
        await connection.OpenAsync();
        var writes = (await Dapper.SqlMapper.QueryAsync<string>(connection,
            """
            select c.oid::regclass::text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'S') and n.nspname not in ('pg_catalog', 'information_schema')
                and (c.relkind <> 'S' and has_any_column_privilege(c.oid, 'insert, update') or c.relkind <> 'S' and has_table_privilege(c.oid, 'delete, truncate')
                    or c.relkind = 'S' and has_sequence_privilege(c.oid, 'usage, update'))
            union all
            select p.oid::regprocedure::text
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in ('ingestion', 'scoring', 'settlement', 'payout') and p.prosecdef and has_function_privilege(p.oid, 'execute')
            order by 1
            """)).ToArray();

        Assert.Empty(writes);
        foreach (var sql in new[]
            {
                "update payout.payout set amount_minor = 1", "insert into payout.alert (dedup_key) values ('x')",
                "delete from scoring.parked_key", "select body from payout.outbox", "select body from scoring.parked",
                "select client_secret from payout.entry_payment", "select body from payout.notice",
                "select body from payout.stripe_call", "create table payout.mine (x int)",
            })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private static bool IsApi(string pattern) => pattern.StartsWith("/v1/", StringComparison.Ordinal);

    private static string PathOf(string pattern) => new[] { ("{payoutId}", "po_nobody"), ("{contestId}", "c-nobody"),
        ("{playerId}", "nobody"), ("{replayId}", "none"), ("{retryId}", "none"), ("{haltNo:long}", "0"), ("{runNo:long}", "0"),
        ("{*path}", "nowhere"), ("{*path:nonfile}", "nowhere") }
        .Aggregate(pattern, (path, part) => path.Replace(part.Item1, part.Item2, StringComparison.Ordinal));
}
