namespace ContestPipeline.Contestctl.Files;

/// <summary>Whom an operator's own ids mean: CSV, written by <c>pool import</c> and read by <c>entries import</c>.
/// Pure.</summary>
internal static class OperatorIds
{
    private static readonly string[] s_header = ["id", "athleteId"];

    /// <param name="ids">Theirs, to ours.</param>
    public static string Written(IReadOnlyDictionary<string, string> ids) => Csv.Written(
        ids.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => (string[])[i.Key, i.Value]).Prepend(s_header));

    /// <exception cref="InvalidDataException">A line is no pair, or of one id there are two; it is named.</exception>
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var rows = Csv.Rows(text);
        if (rows.Count == 0 || !rows[0].Cells.SequenceEqual(s_header))
            throw new InvalidDataException($"line 1: expected the columns {string.Join(',', s_header)}");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in rows.Skip(1))
        {
            if (row.Cells is not [{ Length: > 0 } theirs, { Length: > 0 } ours])
                throw new InvalidDataException($"line {row.Line}: expected an id and an athlete's id");
            if (!ids.TryAdd(theirs, ours)) throw new InvalidDataException($"line {row.Line}: {theirs} is there twice");
        }

        return ids;
    }
}
