using System.Globalization;
using System.Text;
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
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file.</summary>
    /// <exception cref="InvalidDataException">It is no UTF-8; the line is named.</exception>
    public static string Text(byte[] bytes)
    {
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException wrong)
        {
            var line = 1 + bytes.AsSpan(0, Math.Clamp(wrong.Index, 0, bytes.Length)).Count((byte)'\n');
            throw new InvalidDataException($"line {line}: expected text in UTF-8; save the file as such");
        }
    }

    /// <summary>Every row that is not empty, its cells trimmed.</summary>
    /// <exception cref="InvalidDataException">A quote is opened and never closed, or stands where none may.</exception>
    public static IReadOnlyList<CsvRow> Rows(string text)
    {
        var (rows, began) = (new List<CsvRow>(), 1);
        using var csv = new CsvParser(new StringReader(text.TrimStart('\uFEFF')),
            new CsvConfiguration(CultureInfo.InvariantCulture)
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

    /// <returns>The rows, cells in quotes where they have to be.</returns>
    public static string Written(IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringWriter { NewLine = "\n" };
        using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" });
        foreach (var row in rows)
        {
            foreach (var cell in row) csv.WriteField(cell);
            csv.NextRecord();
        }

        csv.Flush();
        return text.ToString();
    }
}
