using System.CommandLine;
using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contracts;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Prizes;

/// <summary><c>contestctl prizes import</c>: a published payout table as the prizes of a contest's definition.</summary>
internal static class PrizesImportCommand
{
    private const string About =
        """
        Reads a payout table as operators publish it - a line for each place or span
        of places and its prize, such as '1st $1,000.00' or '4-10,25' - and writes the
        member prizes of a contest's definition. A gap, a place named twice and a line
        that is none are refused with the line. Exit code 2 then.

        Example:
          contestctl prizes import payouts.csv > prizes.json
        """;

    public static Command Make()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The table: text or CSV, also packed by gzip." };
        var currency = new Option<string>("--currency")
        {
            Description = "Of the prizes.", DefaultValueFactory = _ => "usd",
        };
        var json = Output.JsonOption<PrizesAnswer>();
        var command = new Command("import", About) { file, currency, json };
        command.SetAction(async (parsed, ct) =>
        {
            var code = parsed.GetRequiredValue(currency);
            var known = Currencies.Find(code)
                ?? throw new InvalidDataException($"no contest is held in {code}; one of "
                    + string.Join(", ", Currencies.All.Select(c => c.Code).Order(StringComparer.Ordinal)));
            var table = parsed.GetRequiredValue(file);
            var ranges = ReadPayoutTable.Of(
                Csv.Text(await Unpacked.Read(table, ct)).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n'), known);
            var prizes = new PrizeStructureV1(PrizeTypes.RankTable, Ranges: ranges);
            var answer = new PrizesAnswer(
                ranges[^1].To, checked(ranges.Sum(r => r.AmountMinor!.Value * (r.To - r.From + 1))), code, prizes);
            Output.Show(parsed, json, answer, _ =>
            {
                Output.Document(prizes);
                Output.Progress().WriteLine(
                    $"{answer.Places} places, {Output.Money(answer.TotalMinor, code)} {code} in all: what the pool must "
                        + "cover");
            });
            return ExitCodes.Success;
        });
        return command;
    }
}

/// <summary>A payout table as a prize structure.</summary>
/// <param name="TotalMinor">The sum of all prizes: the pool must cover it.</param>
internal sealed record PrizesAnswer(int Places, long TotalMinor, string Currency, PrizeStructureV1 Prizes);
