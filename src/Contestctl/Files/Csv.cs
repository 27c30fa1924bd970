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
    /// <exception cref="InvalidDataException">A quote is opened and never closed.</exception>
    public static IReadOnlyList<CsvRow> Rows(string text)
    {
        var rows = new List<CsvRow>();
        var (cells, cell) = (new List<string>(), new System.Text.StringBuilder());
        var (line, began, isQuoted) = (1, 1, false);
        for (var i = text is ['\uFEFF', ..] ? 1 : 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n') line++;
            if (isQuoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted) EndCell();
            else if (c == '\n' && !isQuoted) EndRow();
            else cell.Append(c);
        }

        if (isQuoted) throw new InvalidDataException($"line {began}: a quote is opened and never closed");
        EndRow();
        return rows;

        void EndCell()
        {
            cells.Add(cell.ToString().Trim());
            cell.Clear();
        }

        void EndRow()
        {
            EndCell();
            if (cells.Any(c => c.Length > 0)) rows.Add(new CsvRow(began, cells));
            (cells, began) = ([], line);
        }
    }
}
