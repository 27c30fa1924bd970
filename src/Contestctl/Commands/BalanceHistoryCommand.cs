using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl balance history</c>: what was kept of a currency's balance.</summary>
internal static class BalanceHistoryCommand
{
    private const int LimitMax = 1000;

    private const string About =
        """
        Shows what was kept of a currency's balance at Stripe, the newest first: the
        scheduled look of every day, looks before payouts, and those asked for.

        Examples:
          contestctl balance history usd
          contestctl balance history usd --before 2026-11-01 --limit 500 --json
        """;

    public static Command Make(Session session)
    {
        var currency = new Argument<string>("CURRENCY") { Description = "Such as usd." };
        var before = new Option<string?>("--before") { Description = "Only what is older than this, a date or a time in UTC." };
        var limit = new Option<int>("--limit") { Description = $"How many at most, up to {LimitMax}.",
            DefaultValueFactory = _ => 50 };
        limit.Validators.Add(OptionRules.AtLeast(1));
        var json = Output.JsonOption("GET /v1/balance/history");
        var command = new Command("history", About) { currency, before, limit, json };
        command.SetAction(async (parsed, ct) =>
        {
            var time = OptionRules.Time("--before", parsed.GetValue(before))?.ToString("O", CultureInfo.InvariantCulture);
            var code = parsed.GetRequiredValue(currency);
            using var api = new ApiClient(session);
            var answer = await api.Get(
                string.Create(CultureInfo.InvariantCulture,
                    $"/v1/balance/history?currency={Uri.EscapeDataString(code)}&limit={parsed.GetValue(limit)}")
                    + (time is null ? "" : $"&before={Uri.EscapeDataString(time)}"), ct);
            Output.Show(parsed, json, answer, console =>
            {
                var table = Output.Table("at (UTC)", "cause", "available", "pending", "owed", "reserve", "status");
                foreach (var snapshot in answer.GetProperty("snapshots").EnumerateArray())
                {
                    string Money(string name) => Output.Money(snapshot.GetProperty(name).GetInt64(), code);
                    table.Row(
                        snapshot.GetProperty("takenAt").GetDateTimeOffset()
                            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                        snapshot.GetProperty("cause").GetString(), Money("availableMinor"), Money("pendingMinor"),
                        Money("obligationsMinor"), Money("reserveMinor"), snapshot.GetProperty("status").GetString());
                }

                console.Write(table);
                if (table.Rows.Count == 0) console.WriteLine($"nothing was kept of {code} then");
            });
            if (answer.TryGetProperty("next", out _))
                Output.Progress().WriteLine("this is not all: --limit takes more, --before what is older than a time");
            return ExitCodes.Success;
        });
        return command;
    }
}
