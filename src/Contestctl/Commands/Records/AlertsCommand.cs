using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl alerts list|ack|resolve</c>: what needs a person, and taking it up.</summary>
internal static class AlertsCommand
{
    private static readonly string[] s_states = ["open", "acknowledged", "resolved"];

    private const string AboutList =
        """
        Lists alerts that are not resolved, critical ones first: key, what it is about, cause, what to do, and who has taken it up.

        Examples:
          contestctl alerts list
          contestctl alerts list --state open --json
        """;

    private const string AboutAck =
        """
        Says that you look after an alert: it is not told again. Your token (PAYOUT_API_TOKEN) must have the role operator or approver.

        Example:
          contestctl alerts ack balance/critical/2026-11-21 --note "top-up ordered"
        """;

    private const string AboutResolve =
        """
        Ends an alert. Your token (PAYOUT_API_TOKEN) must have the role operator or approver.

        Example:
          contestctl alerts resolve balance/critical/2026-11-21 --note "topped up"
        """;

    public static Command Make(Session session)
    {
        var group = new Command("alerts", "Alerts: what needs a person.");
        group.Add(List(session));
        group.Add(Decide(session, "ack", "acknowledge", AboutAck));
        group.Add(Decide(session, "resolve", "resolve", AboutResolve));
        return group;
    }

    private static Command List(Session session)
    {
        var state = new Option<string?>("--state") { Description = $"Only in this state: {string.Join(", ", s_states)}." };
        state.AcceptOnlyFromAmong(s_states);
        var json = Output.JsonOption("GET /v1/alerts");
        var command = new Command("list", AboutList) { state, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get("/v1/alerts" + (parsed.GetValue(state) is { } s ? $"?state={s}" : ""), ct);
            Output.Show(parsed, json, answer, console =>
            {
                var table = Output.Table("severity", "key", "about", "cause", "what to do", "taken up by", "raised (UTC)");
                foreach (var a in answer.GetProperty("alerts").EnumerateArray())
                    table.Row(Text(a, "severity"), Text(a, "dedupKey"), Text(a, "subject"), Text(a, "cause"),
                        Text(a, "recommendedAction"), Text(a, "acknowledgedBy"), Text(a, "raisedAt"));
                console.Write(table);
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Decide(Session session, string name, string route, string about)
    {
        var key = new Argument<string>("KEY") { Description = "The alert's key, as the list shows it." };
        var note = new Option<string?>("--note", "--reason") { Description = "What you found or did; kept with the alert." };
        var json = Output.JsonOption($"POST /v1/alerts/{route}");
        var command = new Command(name, about) { key, note, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Post(
                $"/v1/alerts/{route}", new { dedupKey = parsed.GetRequiredValue(key), note = parsed.GetValue(note) }, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"{Text(answer, "dedupKey")}: "
                    + $"{(Text(answer, "resolvedBy") is { } by ? $"resolved by {by}" : $"acknowledged by {Text(answer, "acknowledgedBy")}")}"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
