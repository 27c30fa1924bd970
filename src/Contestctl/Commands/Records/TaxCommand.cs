using System.CommandLine;
using System.Text;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl tax 1099</c>: who reached the year's threshold, as CSV.</summary>
internal static class TaxCommand
{
    /// <summary>The report reads every transfer there ever was.</summary>
    private const int ReportSeconds = 600;

    private const string About =
        """
        Writes the 1099-MISC report of a year (box 3, other income) as CSV to stdout or a file: players whose winnings reached the threshold of the year,
        by the day of the transfer in UTC. Payout's settings TAX_POLICY, TAX_THRESHOLDS, TAX_PAYER_NAME and TAX_PAYER_TIN say how. Your token
        (PAYOUT_API_TOKEN) must have the role operator.

        Examples:
          contestctl tax 1099 --year 2026
          contestctl tax 1099 --year 2026 --all --out winners-2026.csv
        """;

    public static Command Make(Session session)
    {
        var year = new Option<int>("--year") { Description = "The year, UTC.", Required = true };
        var all = new Option<bool>("--all") { Description = "Also players below the threshold." };
        var file = new Option<FileInfo?>("--out") { Description = "The file to write; it must not be there yet." };
        var json = Output.JsonOption("GET /v1/tax/1099/{year}");
        var form = new Command("1099", About) { year, all, file, json };
        form.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session, ReportSeconds);
            var answer = await api.Get(
                $"/v1/tax/1099/{parsed.GetValue(year)}?all={(parsed.GetValue(all) ? "true" : "false")}", ct);
            var csv = answer.GetProperty("csv").GetString()!;
            if (!answer.GetProperty("complete").GetBoolean())
                Output.Progress().WriteLine("the year is not over: this is what it has come to so far");
            if (parsed.GetValue(file) is { } target)
            {
                await using (var stream = new FileStream(target.FullName, FileMode.CreateNew))
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(csv), ct);
                Output.Show(parsed, json, answer, console => console.WriteLine(
                    $"{answer.GetProperty("players").GetArrayLength()} players written to {target.FullName}"));
                return ExitCodes.Success;
            }

            Output.Show(parsed, json, answer, _ => Console.Out.Write(csv));
            return ExitCodes.Success;
        });
        var group = new Command("tax", "What winners were paid in a year.");
        group.Add(form);
        return group;
    }
}
