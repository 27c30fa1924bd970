using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl revenue</c>: what the platform earned and lost.</summary>
internal static class RevenueCommand
{
    /// <summary>The report reads every line of the house's accounts in the time.</summary>
    private const int ReportSeconds = 600;

    private const string About =
        """
        Shows what the platform earned and lost by month (UTC), kind of contest and currency: rake, its part of forfeited stakes, fees, less overlays, losses
        and Stripe's fees; the share of failed stakes, and what a contest brings on average. From the ledger. Your token (PAYOUT_API_TOKEN) must have the role
        operator.

        Examples:
          contestctl revenue
          contestctl revenue --from 2026-01 --to 2026-12 --json
        """;

    private static readonly string[] s_sums =
    [
        "rakeMinor", "forfeitsMinor", "feesMinor", "depositFeesMinor", "overlayMinor", "roundingMinor", "lossesMinor",
        "stripeFeesMinor", "netMinor", "averageNetMinor",
    ];

    public static Command Make(Session session)
    {
        var from = new Option<string?>("--from")
            { Description = "The first month, 2026-01; eleven before the last unless told." };
        var to = new Option<string?>("--to") { Description = "The last month; this one unless told." };
        var json = Output.JsonOption("GET /v1/platform/revenue");
        var command = new Command("revenue", About) { from, to, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session, ReportSeconds);
            (string Name, string? Value)[] asked = [("from", parsed.GetValue(from)), ("to", parsed.GetValue(to))];
            var query = string.Join(
                '&', asked.Where(a => a.Value is not null).Select(a => $"{a.Name}={Uri.EscapeDataString(a.Value!)}"));
            var answer = await api.Get($"/v1/platform/revenue{(query.Length == 0 ? "" : "?" + query)}", ct);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, JsonElement answer)
    {
        if (answer.GetProperty("months").GetArrayLength() == 0)
        {
            console.WriteLine(
                $"nothing was earned or lost from {answer.GetProperty("from")} to {answer.GetProperty("to")}");
            return;
        }

        var table = Output.Table(
            "month", "kind", "currency", "contests", "rake", "forfeits", "fees", "deposit fees", "overlay", "rounding", "losses",
            "Stripe", "net", "net a contest", "failed stakes");
        foreach (var month in answer.GetProperty("months").EnumerateArray())
            Row(table, month, month.GetProperty("month").GetString()!,
                month.TryGetProperty("kind", out var kind) ? kind.GetString()! : "no contest");
        foreach (var total in answer.GetProperty("totals").EnumerateArray()) Row(table, total, "all", "all");
        console.Write(table);
    }

    private static void Row(Table table, JsonElement row, string month, string kind)
    {
        var currency = row.GetProperty("currency").GetString()!;
        var figures = row.GetProperty("figures");
        var failed = figures.TryGetProperty("failedStakesBps", out var bps)
            ? (bps.GetInt32() / 100m).ToString("F2", CultureInfo.InvariantCulture) + " %" : "";
        table.Row([
            month, kind, currency, figures.GetProperty("contests"),
            .. s_sums.Select(sum => figures.TryGetProperty(sum, out var minor) ? Output.Money(minor.GetInt64(), currency) : ""),
            failed,
        ]);
    }
}
