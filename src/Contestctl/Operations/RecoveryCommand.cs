using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary><c>contestctl recovery</c>: money stopped because the books may lack what was paid, and how it goes on.</summary>
internal static class RecoveryCommand
{
    private const string AboutStatus =
        """
        Shows whether money moves (normal), is stopped because a database went back in time (stopped), or moves with everything looked up at Stripe first
        (recovering), since when the books may lack something, and what is missing until the recovery can end. Your token is PAYOUT_API_TOKEN.

        Example:
          contestctl recovery status
        """;

    private const string AboutStop =
        """
        Stops everything that moves money, for a database that was restored to an earlier time and did not notice it itself. Your token (PAYOUT_API_TOKEN)
        must have the role operator.

        Example:
          contestctl recovery stop --lost-since 2026-11-23T10:00:00Z --reason "restored from the back-up of 10:00, case 120"
        """;

    private const string AboutStart =
        """
        Lets money move again: each transfer, refund, reversal, charge and account is looked up at Stripe before it is asked for, and what Stripe has is
        booked. Your token (PAYOUT_API_TOKEN) must have the role operator. Exit code 1 when it is refused.

        Example:
          contestctl recovery start --reason "the input was read again from 09:00 on, case 120"
        """;

    private const string AboutEnd =
        """
        Ends a recovery. Refused until a comparison with Stripe that was made since its start found no difference. Your token (PAYOUT_API_TOKEN) must have the
        role approver, and be of another person than the one who began it. Exit code 1 when it is refused.

        Example:
          contestctl recovery end --reason "compared without a difference, case 120"
        """;

    public static IReadOnlyList<Command> All(Session session) =>
        [Status(session), Stop(session), Act(session, "start", AboutStart), Act(session, "end", AboutEnd)];

    private static Command Status(Session session)
    {
        var json = Output.JsonOption("GET /v1/recovery");
        var command = new Command("status", AboutStatus) { json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Get("/v1/recovery", ct);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Stop(Session session)
    {
        var since = new Option<DateTimeOffset>(
            "--lost-since") { Description = "The moment the database was restored to, UTC.", Required = true };
        var reason = Reason();
        var json = Output.JsonOption("POST /v1/recovery/stop");
        var command = new Command("stop", AboutStop) { since, reason, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Post("/v1/recovery/stop",
                new { reason = parsed.GetRequiredValue(reason), lostSince = parsed.GetRequiredValue(since) }, ct);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Act(Session session, string verb, string about)
    {
        var reason = Reason();
        var json = Output.JsonOption($"POST /v1/recovery/{verb}");
        var command = new Command(verb, about) { reason, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Post($"/v1/recovery/{verb}", new { reason = parsed.GetRequiredValue(reason) }, ct);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string> Reason() =>
        new("--reason", "--why") { Description = "Why; kept in the audit log.", Required = true };

    private static void Write(IAnsiConsole console, JsonElement answer)
    {
        console.WriteLine(Text(answer, "state") ?? "");
        foreach (var (name, label) in new[] { ("cause", "cause"), ("lostSince", "books may lack what was committed since"),
            ("startedBy", "begun by"), ("endsNotYet", "cannot end") })
            if (Text(answer, name) is { } text)
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {label}: {text}"));
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
