using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace ContestPipeline.Contestctl.Files;

/// <summary>A row of a CSV file.</summary>
/// <param name="Line">Where it begins, from 1.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Cells);

/// <summary>
/// Comma-separated values as RFC 4180 has them: cells in quotes may hold commas, line ends and doubled quotes. Pure.
/// </summary>
internal static class Csv
{
    /// <summary>Every row that is not empty, its cells trimmed.</summary>
    /// <exception cref="InvalidDataException">A quote is opened and never closed, or stands where none may.</exception>
    public static IReadOnlyList<CsvRow> Rows(string text)
    {
        var (rows, began) = (new List<CsvRow>(), 1);
        using var csv = new CsvParser(new StringReader(text.TrimStart('\uFEFF')), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            IgnoreBlankLines = false,
            BadDataFound = _ => throw new InvalidDataException($"line {began}: a quote is not closed, or stands within a cell"),
        });
        while (csv.Read())
        {
            if (csv.RawRecord.Count(c => c == '"') % 2 > 0)
                throw new InvalidDataException($"line {began}: a quote is opened and never closed");
            string[] cells = [.. Enumerable.Range(0, csv.Count).Select(i => csv[i].Trim())];
            if (cells.Any(c => c.Length > 0)) rows.Add(new CsvRow(began, cells));
            began = csv.RawRow + 1;
        }

        return rows;
    }
}
