using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.EndToEnd;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Integration.Replaying;

/// <summary>Replays that the console carries out, asked for over its API and by contestctl; its process is killed.</summary>
public sealed class ServerReplayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_outlives_the_process_that_began_it_and_repeats_nothing_and_skips_nothing()
    {
        await using var run = await SlateRun.Start(
            "test-server-replay", broker: null, Workers.All, new Dictionary<string, string>(), Ct);
        await run.PlayToTheEnd(Ct);
        var ledger = await run.Stage.Database.LedgerHash(Ct);
        var first = await StartConsole(run);

        var id = await Planned(run, first.Client);
        await Acts(first.Client, id, "run", new { reason = "case 120", ratePerSecond = 400 });
        await Until(run, "records are being produced", first.Client, id, r => Produced(r) > 100);
        await Acts(first.Client, id, "pause", new { reason = "busy" });
        var paused = await Until(run, "it pauses", first.Client, id, r => RunState(r) == "paused");
        await Acts(first.Client, id, "resume", new { reason = "done" });
        await Until(run, "it goes on", first.Client, id, r => Produced(r) > Produced(paused));
        await first.Process.Kill();
        await first.DisposeAsync();
        await using var second = await StartConsole(run);
        await using var third = await StartConsole(run);
        var done = await Until(run, "another instance ends it", second.Client, id, r => State(r) is not ("running" or "ordered"));
        await run.Rest(Ct);

        Assert.Equal(("done", (long)run.Slate.Feed.Count), (State(done), Produced(done)));
        Assert.Equal(2, done.GetProperty("tries").GetInt32());
        var records = new TopicReader(run.Stage.Kafka).Read(Topics.FeedGames, Ct)
            .ToLookup(e => e.Headers.ContainsKey(ReplaySource.Header));
        var runId = done.GetProperty("runId").GetString();
        Assert.Equal(
            records[false].Select(e => $"{runId} {e.Partition}/{e.Offset}").Order(StringComparer.Ordinal),
            records[true].Select(e => e.Headers[ReplaySource.Header]).Order(StringComparer.Ordinal));
        Assert.Equal(ledger, await run.Stage.Database.LedgerHash(Ct));
        Assert.Equal(
            ["replay-asked olga", "replay-ordered olga", "replay-started olga", "replay-paused olga", "replay-resumed olga",
                "replay-taken-up olga", "replay-ended olga"],
            await Audit(run, id, runId!));

        using var again = await second.Client.PostAsJsonAsync($"/v1/ops/replays/{id}/run", new { reason = "again" }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        await AStoppedRunProducesNoMore(run, second.Client);
        await ContestctlAsksTheConsole(run, second);
        await AnAbandonedRunIsEndedByHand(run);
    }

    private static async Task AStoppedRunProducesNoMore(SlateRun run, HttpClient client)
    {
        var id = await Planned(run, client, reprocess: true);
        await Acts(client, id, "run", new { reason = "case 121", ratePerSecond = 20 });
        await Until(run, "records are being produced", client, id, r => Produced(r) > 10);

        await Acts(client, id, "stop", new { reason = "the wrong Sunday" });
        var stopped = await Until(run, "it is stopped", client, id, r => State(r) is not "running");
        await run.Rest(Ct);

        var produced = new TopicReader(run.Stage.Kafka).Read(Topics.FeedGames, Ct).LongCount(e =>
            e.Headers.GetValueOrDefault(ReplaySource.Header)?.StartsWith(stopped.GetProperty("runId").GetString()!,
                StringComparison.Ordinal) == true);
        Assert.Equal(("stopped", produced), (State(stopped), Produced(stopped)));
        Assert.InRange(produced, 10, run.Slate.Feed.Count - 1);
        Assert.Contains(
            "were not produced: it was stopped", stopped.GetProperty("outcome").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await run.Figure("select count(*) from ingestion.reprocess", Ct));
    }

    private static async Task ContestctlAsksTheConsole(SlateRun run, ConsoleProcessOf console)
    {
        run.Stage.Settings["CONSOLE_API_URL"] = console.Address.AbsoluteUri;
        run.Stage.Settings["PAYOUT_API_TOKEN"] = TokenOf("olga", ApiRole.Operator);
        var file = run.Stage.Folder.Sub("of-console.json");

        var planned = await run.Ask($"replay plan {Topics.ContestCommands} --out {file}");
        var ran = await run.Ask($"replay run {file} --why case-122");
        var id = ran.GetProperty("replay").GetProperty("replayId").GetString();
        var status = await run.Ask($"replay status {id}");
        var refused = await run.Say($"replay cancel {id} --why late", expected: 1);
        var nothing = await run.Say($"replay plan {Topics.FeedGames} --key nobody --out {file}", expected: 1);

        Assert.Equal(id, planned.GetProperty("replay").GetProperty("replayId").GetString());
        Assert.Equal("done", status.GetProperty("replays")[0].GetProperty("state").GetString());
        Assert.Contains("it is done", refused, StringComparison.Ordinal);
        Assert.Contains("nothing lies in those offsets", nothing, StringComparison.Ordinal);
        await MessagesAreFoundOverTheConsole(run);
        run.Stage.Settings.Remove("CONSOLE_API_URL");
        run.Stage.Settings.Remove("PAYOUT_API_TOKEN");
    }

    private static async Task MessagesAreFoundOverTheConsole(SlateRun run)
    {
        var all = new TopicReader(run.Stage.Kafka).Read(Topics.FeedGames, Ct).ToArray();
        var one = all[all.Length / 2];
        var file = run.Stage.Folder.Sub("feed.jsonl");

        var newest = await run.Ask($"messages search {Topics.FeedGames}");
        var found = await run.Ask(
            $"messages search {Topics.FeedGames} --partition {one.Partition} --offset {one.Offset} --key {one.Key}");
        var nothing = await run.Ask($"messages search {Topics.FeedGames} --text nobody-says-this");
        var exported = await run.Ask($"messages export {Topics.FeedGames} --out {file}");
        var here = await run.Ask($"messages search {Topics.FeedGames} --direct");
        run.Stage.Settings["PAYOUT_API_TOKEN"] = TokenOf("vera", ApiRole.Viewer);
        var masked = await run.Ask($"messages search {Topics.FeedGames} --partition {one.Partition} --offset {one.Offset}");

        Assert.Equal(100, newest.GetProperty("messages").GetArrayLength());
        Assert.Equal((one.Offset, one.Key), (found.GetProperty("messages")[0].GetProperty("offset").GetInt64(),
            found.GetProperty("messages")[0].GetProperty("key").GetString()));
        Assert.Equal((0, true), (nothing.GetProperty("messages").GetArrayLength(), nothing.GetProperty("isWhole").GetBoolean()));
        Assert.Equal(all.Length, exported.GetProperty("messages").GetInt64());
        var lines = await System.IO.File.ReadAllLinesAsync(file, Ct);
        Assert.Equal(
            all.Select(e => (e.Partition, e.Offset)).Order(),
            lines.Select(l => JsonDocument.Parse(l).RootElement)
                .Select(m => (m.GetProperty("partition").GetInt32(), m.GetProperty("offset").GetInt64())).Order());
        Assert.Equal(100, here.GetProperty("messages").GetArrayLength());
        var headers = masked.GetProperty("messages")[0].GetProperty("headers").EnumerateObject().ToArray();
        Assert.Single(headers, h => h.Name == "ce_type");
        Assert.DoesNotContain("ce_id", masked.GetProperty("messages")[0].GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>One that was begun without the console, and whose process is gone.</summary>
    private static async Task AnAbandonedRunIsEndedByHand(SlateRun run)
    {
        var file = run.Stage.Folder.Sub("abandoned.json");
        await run.Ask($"replay plan {Topics.FeedGames} --game {run.Slate.Definitions[0].GameIds[0]} --out {file}");
        await using (var direct = await run.StartContestctl($"replay run {file} --who olga --why case-123 --rate 20", _ => { }))
        {
            await run.Wait.Until("records are being produced",
                async () => await run.Figure(
                    "select coalesce(max(produced), 0) from operations.replay_run where why = 'case-123'", Ct) > 10,
                run.Explain, Ct);
            await direct.Kill();
        }

        var status = await run.Ask("replay status");
        var abandoned = status.GetProperty("abandoned")[0].GetString();
        var ended = await run.Ask($"replay cancel {abandoned} --who ann --why gone");

        Assert.Equal("stopped", ended.GetProperty("state").GetString());
        Assert.Empty((await run.Ask("replay status")).GetProperty("abandoned").EnumerateArray());
    }

    private static async Task<string> Planned(SlateRun run, HttpClient client, bool reprocess = false)
    {
        using var asked = await client.PostAsJsonAsync(
            "/v1/ops/replays", new { topic = Topics.FeedGames, reprocess }, Ct);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var id = (await asked.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("replayId").GetString()!;
        var planned = await Until(run, "the plan is made", client, id, r => State(r) is not ("asked" or "planning"));
        Assert.True(State(planned) == "planned", planned.GetRawText());
        return id;
    }

    private static async Task Acts(HttpClient client, string id, string act, object body)
    {
        using var answer = await client.PostAsJsonAsync($"/v1/ops/replays/{id}/{act}", body, Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<JsonElement> Until(
        SlateRun run, string what, HttpClient client, string id, Func<JsonElement, bool> holds)
    {
        JsonElement replay = default;
        await run.Wait.Until(what, async () => holds(replay = (await client.GetFromJsonAsync<JsonElement>(
            $"/v1/ops/replays/{id}", Ct)).GetProperty("replay")), () => replay.ToString(), Ct);
        return replay;
    }

    private static string State(JsonElement replay) => replay.GetProperty("state").GetString()!;

    private static string? RunState(JsonElement replay) =>
        replay.TryGetProperty("runState", out var state) ? state.GetString() : null;

    private static long Produced(JsonElement replay) => replay.GetProperty("produced").GetInt64();

    private static string TokenOf(string person, params string[] roles)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Jwt.Make(DemoStripeEndpoints.Tokens, new JwtBearer(person, roles, now.AddHours(1)), now);
    }

    private static async Task<ConsoleProcessOf> StartConsole(SlateRun run)
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new ConcurrentQueue<string>();
        var settings = new Dictionary<string, string?>(run.Stage.Settings, StringComparer.Ordinal)
        {
            ["CONSOLE_HTTP_URL"] = "0",
        };
        var process = await ChildProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "ContestPipeline.Console.dll")], settings, line =>
            {
                lines.Enqueue(line);
                const string Said = "The console answers at ";
                if (line.IndexOf(Said, StringComparison.Ordinal) is >= 0 and var at)
                    address.TrySetResult(new Uri(line[(at + Said.Length)..].Trim()));
            });
        await run.Wait.Until("the console answers", () => address.Task.IsCompleted, () => string.Join('\n', lines), Ct);
        var client = new HttpClient { BaseAddress = await address.Task };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf("olga", ApiRole.Operator));
        return new ConsoleProcessOf(process, client);
    }

    private static async Task<IReadOnlyList<string>> Audit(SlateRun run, params string[] subjects)
    {
        await using var connection = await run.Stage.Database.OpenConnectionAsync(Ct);
        return [.. await Dapper.SqlMapper.QueryAsync<string>(connection,
            "select action || ' ' || actor from payout.audit_log where subject = any(@subjects) order by at, no", new { subjects })];
    }

    private sealed record ConsoleProcessOf(ChildProcess Process, HttpClient Client) : IAsyncDisposable
    {
        public Uri Address => Client.BaseAddress!;

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Process.DisposeAsync();
        }
    }
}
