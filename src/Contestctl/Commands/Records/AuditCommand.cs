using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl audit</c>: who did what, and whether the log is still as it was written.</summary>
internal static class AuditCommand
{
    /// <summary>As many rows as Payout gives at once.</summary>
    private const int PageMax = 1000;

    private const string About =
        """
        Shows the audit log, newest first: when, who, what, on which payout, contest or player, why, with what result; of one payout also every state it was
        in. --verify recomputes its hash chains instead and exits with 1 when a row was changed, removed or put in.

        Examples:
          contestctl audit --payout 4f1c…
          contestctl audit --contest sunday-night --json
          contestctl audit --actor ann --before 2026-11-01 --limit 5000
          contestctl audit --verify
        """;

    public static Command Make(Session session)
    {
        var contest = new Option<string?>("--contest") { Description = "Only of this contest." };
        var player = new Option<string?>("--player") { Description = "Only of this player." };
        var payout = new Option<string?>("--payout") { Description = "Only of this payout." };
        var actor = new Option<string?>("--actor") { Description = "Only by this person." };
        var before = new Option<string?>("--before") { Description = "Only what is older than this, a date or a time in UTC." };
        var limit = new Option<int>(
            "--limit") { Description = "How many at most; more than a page of Payout's are asked for page by page.",
                DefaultValueFactory = _ => 200 };
        limit.Validators.Add(OptionRules.AtLeast(1));
        var verify = new Option<bool>("--verify") { Description = "Check the hash chains instead." };
        var json = Output.JsonOption("GET /v1/audit", "GET /v1/audit/verification");
        var command = new Command("audit", About) { contest, player, payout, actor, before, limit, verify, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            if (parsed.GetValue(verify)) return await Verify(api, parsed, json, ct);
            (string Name, string? Value)[] filters =
            [
                ("contest", parsed.GetValue(contest)), ("player", parsed.GetValue(player)), ("payout", parsed.GetValue(payout)),
                ("actor", parsed.GetValue(actor)),
                ("before", OptionRules.Time("--before", parsed.GetValue(before))?.ToString("O", CultureInfo.InvariantCulture)),
            ];
            var query = string.Concat(
                filters.Where(f => f.Value is not null).Select(f => $"&{f.Name}={Uri.EscapeDataString(f.Value!)}"));
            var answer = await Rows(api, query, parsed.GetValue(limit), ct);
            Output.Show(parsed, json, answer, console =>
            {
                // The subject of what is done to a payout is the payout.
                string[] columns = ["actor", "action", "subject", "contestId", "playerId", "reason", "result"];
                var table = Output.Table(["at (UTC)", .. columns]);
                var rows = answer.GetProperty("rows").EnumerateArray().Select(row => (
                    At: row.GetProperty("at").GetDateTimeOffset(), Cells: columns.Select(c => Text(row, c)).ToArray()));
                foreach (var (at, cells) in rows.Concat(Life(answer, parsed.GetValue(payout))).OrderByDescending(r => r.At))
                    table.Row([at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), .. cells]);

                console.Write(table);
                if (table.Rows.Count == 0) console.WriteLine("nothing was written down of that");
            });
            if (Next(answer) is not null)
                Output.Progress().WriteLine("this is not all: --limit takes more, --before what is older than a time");
            return ExitCodes.Success;
        });
        return command;
    }

    /// <returns>One answer of as many pages as the limit takes.</returns>
    private static async Task<JsonElement> Rows(ApiClient api, string query, int limit, CancellationToken ct)
    {
        var rows = new List<JsonElement>();
        JsonElement? life = null;
        string? next = null;
        do
        {
            var after = next is null ? "" : $"&after={Uri.EscapeDataString(next)}";
            var page = await api.Get($"/v1/audit?limit={Math.Min(PageMax, limit - rows.Count)}{query}{after}", ct);
            rows.AddRange(page.GetProperty("rows").EnumerateArray());
            if (page.TryGetProperty("life", out var states)) life = states;
            next = Next(page);
        }
        while (next is not null && rows.Count < limit);

        return JsonSerializer.SerializeToElement(new { rows, next, life }, Output.Json);
    }

    /// <returns>Every state of the payout that is asked for, in the columns of the log.</returns>
    private static IEnumerable<(DateTimeOffset At, string[] Cells)> Life(JsonElement answer, string? payout) =>
        !answer.TryGetProperty("life", out var life) || life.ValueKind != JsonValueKind.Array ? []
        : life.EnumerateArray().Select(change => (change.GetProperty("at").GetDateTimeOffset(), (string[])
        [
            "system", $"payout is {Text(change, "state")}", payout ?? "", "", "", Text(change, "reason"),
            Text(change, "transferId"),
        ]));

    private static string Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";

    private static string? Next(JsonElement page) => page.TryGetProperty("next", out var next) ? next.GetString() : null;

    private static async Task<int> Verify(ApiClient api, ParseResult parsed, JsonOption<JsonElement> json, CancellationToken ct)
    {
        var answer = await api.Get("/v1/audit/verification", ct);
        var verified = answer.GetProperty("verified").GetBoolean();
        Output.Show(parsed, json, answer, console =>
        {
            foreach (var fault in answer.GetProperty("faults").EnumerateArray()) console.WriteLine(fault.GetString()!);
            console.WriteLine(verified ? "the audit log is as it was written" : "the audit log was tampered with");
        });
        return verified ? ExitCodes.Success : ExitCodes.CheckFailed;
    }
}
