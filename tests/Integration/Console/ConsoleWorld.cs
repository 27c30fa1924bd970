using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Payout.Http;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Replay.Run;
using ContestPipeline.WebConsole;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>The console before Payout's API and a database with payouts in many states, and people with browsers.</summary>
public sealed partial class ConsoleWorld(Backbone backbone) : IAsyncLifetime
{
    private ConsoleServer console = null!;
    private Uri payout = null!;

    public ApiWorld Api { get; } = new(backbone);

    public Uri Address => console.Address;

    public IReadOnlyList<(string Method, string Pattern, Microsoft.AspNetCore.Routing.RouteEndpoint Endpoint)> Routes =>
        console.Routes;

    public string Database => backbone.Postgres.ConnectionString(Api.Payouts.DatabaseName, ConsoleSchema.Name);

    public string Admin => backbone.Postgres.ConnectionString(Api.Payouts.DatabaseName, "postgres");

    public async ValueTask InitializeAsync()
    {
        await Api.InitializeAsync();
        payout = await Api.Serve(ratePerMinute: 100_000, tokens: ApiWorld.Tokens with { Environment = "test" });
        console = Make();
        await console.Start(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await console.DisposeAsync();
        await Api.DisposeAsync();
    }

    /// <param name="also">Settings beside or instead of those of the test environment.</param>
    public ConsoleServer Make(params (string Name, string? Value)[] also) => Make(Api.Payouts.Clock, also);

    /// <inheritdoc cref="Make(ValueTuple{string, string}[])"/>
    public ConsoleServer Make(TimeProvider clock, params (string Name, string? Value)[] also)
    {
        var settings = new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["CONSOLE_HTTP_URL"] = "0", ["CONSOLE_DATABASE"] = Database,
            ["PAYOUT_API_URL"] = payout.AbsoluteUri, ["PAYOUT_JWT_KEY"] = "a key of at least thirty-two bytes",
            ["CONSOLE_HTTP_RATE_PER_MINUTE"] = "100000",
            ["ADMIN_DATABASE"] = Admin, ["KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:9",
        };
        foreach (var (name, value) in also) settings[name] = value;
        return new ConsoleServer(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), clock, NullLoggerFactory.Instance);
    }

    /// <summary>Somebody without a session.</summary>
    public HttpClient Stranger() => new(new HttpClientHandler { AllowAutoRedirect = false,
        CookieContainer = new CookieContainer() })
    {
        BaseAddress = Address,
    };

    /// <summary>Somebody who has signed in by the form.</summary>
    public async Task<HttpClient> SignedIn(string name, params string[] roles)
    {
        var browser = Stranger();
        var token = TokenIn(await browser.GetStringAsync("/sign-in"));
        var fields = roles.Select(role => KeyValuePair.Create("role", role))
            .Concat([new("name", name), new("form-token", token), new("to", "/overview")]);
        using var answer = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(fields));
        Assert.Equal((HttpStatusCode.SeeOther, "/overview"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        return browser;
    }

    /// <summary>A program with a token.</summary>
    public HttpClient Bearer(string name, params string[] roles)
    {
        var now = Api.Payouts.Clock.GetUtcNow();
        var token = Jwt.Make(
            ApiWorld.Tokens with { Environment = "test" }, new JwtBearer(name, roles, now.AddHours(1)), now);
        var client = Stranger();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Sends a form as a page of ours would.</summary>
    public static async Task<HttpResponseMessage> Submit(
        HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        var token = TokenIn(await browser.GetStringAsync(page));
        return await browser.PostAsync(action, new FormUrlEncodedContent(
            fields.Select(f => KeyValuePair.Create(f.Name, f.Value)).Append(new("form-token", token)).Append(new("back", page))));
    }

    public static string TokenIn(string page) => FormToken().Match(page).Groups[1].Value is { Length: > 0 } token
        ? token : throw new InvalidOperationException("the page has no form");

    /// <summary>Players that are paid, held, without an account; and an open alert.</summary>
    /// <returns>The held payout.</returns>
    public async Task<string> GivenContest(string contestId)
    {
        var world = Api.Payouts;
        await world.GivenReady($"{contestId}-paid", $"{contestId}-held");
        await world.GivenSettled(ContestBuilder.Of(
            contestId, 10, ($"{contestId}-paid", [10_00]), ($"{contestId}-held", [6_000_00]), ($"{contestId}-none", [20_00])));
        await world.RunToRest(world.Runner());
        return (await world.Scalar<string>(
            $"select payout_id from payout.payout where contest_id = '{contestId}' and state = 'held'"))!;
    }

    public Task GivenAlert(string key, string kind) => Api.Payouts.Scalar<int>(
        $"""
        insert into payout.alert (dedup_key, severity, kind, subject, cause, recommended_action, raised_by, raised_at)
        values ('{key}', 'critical', '{kind}', 'a subject', 'Something <b>stands</b> still.', 'See docs/runbooks/stuck-contest.md.', 'payout', now())
        returning 1
        """);

    /// <summary>A plan of another world, so that it is refused and no broker is asked.</summary>
    public async Task GivenPlan(string id)
    {
        var ops = await SignedIn("olga", ApiRole.Operator);
        await ops.GetStringAsync("/replays"); // By then the tables are there.
        var contest = new ContestEffect("c-much", "PAID", "PAID", null, null, 1, 2, 3, 3, 2, 2,
            [new CentsEffect("usd", 150_00, 30_00)], 1, [new CentsEffect("usd", 120_00, 0)], "", "", "a", "b");
        var effect = new ReplayEffect(new MessageEffect(5, 3, 2, 0, 0, 0), contest with { ContestId = "" }, [contest], 0, 4, 0,
            new Dictionary<string, long>(), [], []);
        var plan = new ReplayPlan(
            ReplayPlan.FormatNow, "test", "other.", DateTimeOffset.UnixEpoch, "migrations",
            new ReplaySource(Topics.FeedGames, [], null, null, null, null, null, null), null,
            new Selection(5, 500, 0, "first", "last", "hash"), 0, effect);
        await Api.Payouts.Scalar<int>(
            $$"""
            insert into operations.replay (replay_id, topic, wish, asked_by, asked_at, state, changed_at, plan, plan_hash, run_id, effect_minor)
            values ('{{id}}', '{{Topics.FeedGames}}', '{"topic":"{{Topics.FeedGames}}","reprocess":false}', 'olga', now(), 'planned', now(),
                '{{plan.Text()}}', '{{plan.Hash}}', '{{RunReplay.IdOf(plan)}}', 18000)
            returning 1
            """);
    }

    /// <summary>A message that Scoring could not handle.</summary>
    public Task GivenParked(string key) => Api.Payouts.Scalar<int>(
        $$"""
        with k as (
            insert into scoring.parked_key (topic, key, partition, parked_at)
            values ('stats.lines.v1', '{{key}}', 0, now() - interval '1 hour') returning topic, key)
        insert into scoring.parked (topic, partition, record_offset, key, headers, body, error, first_seen)
        select topic, 0, abs(hashtext(key)), key,
            '{"ce_id":"{{key}}","ce_type":"stats.line.v1","ce_source":"contestpipeline/ingestion","ce_time":"2026-09-13T17:00:00Z"}',
            convert_to('{"gameId":"kc-at-pit-2016-week-4","athleteId":"{{key}}","version":17,"stats":{"passing-yards":300} }', 'UTF8'),
            'game kc-at-pit-2016-week-4 of athlete 17 is of no contest', now() - interval '1 hour' from k
        returning 1
        """);

    /// <summary>Readings of the balance over a month, a comparison that found two differences, and a game with a gap.</summary>
    public async Task GivenRecords(string gameId)
    {
        await Api.Payouts.Scalar<int>(
            """
            insert into payout.balance_snapshot
                (currency, taken_at, cause, available_minor, pending_minor, obligations_minor, reserve_minor, status)
            select 'usd', now() - n * interval '6 hours', 'schedule', 900000 - n * 5000, 12345, 500000 + n * 1000, 100000, 'healthy'
            from generate_series(1, 130) n
            on conflict do nothing;
            insert into payout.reconciliation (at, window_from, window_to, matched, pending, outside, outside_minor, clearing,
                completeness, timeliness, difference_count, differences)
            values (now(), now() - interval '36 hours', now(), 1234, 5, 1, -700, 0.99999, 0.9876, 1, 2,
                '[{"leg":"balance","kind":"late","subject":"ch_late","what":"ch_late came late","oursMinor":777,"theirsMinor":777,"currency":"usd","at":"2026-09-13T17:00:00Z"},
                  {"leg":"objects","kind":"duplicate","subject":"tr_twice","what":"tr_twice pays a payout a second time","theirsMinor":123456,"currency":"usd","at":"2026-09-13T18:00:00Z"}]');
            select 1
            """);
        await Api.Payouts.Scalar<int>(
            $$"""
            insert into ingestion.game (game_id, change, version, status, status_sequence, clock, clock_sequence, received,
                announced_sequence, is_silent, box, published, last_seen_at, recovery_from, recovery_attempt)
            values ('{{gameId}}', 3, 2, 'in_progress', 1, 'Q3 04:12', 40, '1-40', 44, true, '',
                '{"gameId":"{{gameId}}","version":2,"status":"in_progress","clock":"Q3 04:12","incomplete":true,"missingSequences":[41,42],"boxReceived":false,"differences":[],"at":"2026-09-13T18:00:00Z"}',
                now() - interval '12 minutes', 41, 1)
            returning 1
            """);
    }

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
