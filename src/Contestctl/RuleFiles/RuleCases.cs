using System.Text.Json;
using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.RuleFiles;

/// <summary>A line and what it is to be worth.</summary>
/// <param name="Place">Where it stands in its file: <c>line 3</c>.</param>
/// <param name="Expected">In units of the rule set's scale.</param>
internal sealed record RuleCase(string Place, string Name, IReadOnlyDictionary<string, long> Stats, long Expected);

/// <summary>Reads a table of lines and expected points, CSV or JSON, for one rule set. Pure.</summary>
internal static class RuleCases
{
    public const int CasesMax = 10_000;
    private const string NameColumn = "name";
    private const string ExpectedColumn = "expected";

    /// <param name="text">CSV with the columns name, expected and one for each stat; or a JSON list of
    /// <c>{"name", "expected", "stats"}</c>.</param>
    /// <exception cref="InvalidDataException">Something is not understood: the line, what was expected, what came.</exception>
    public static IReadOnlyList<RuleCase> Read(string text, RuleSet rules)
    {
        var cases = text.AsSpan().TrimStart() is ['[' or '{', ..] ? OfJson(text, rules) : OfCsv(text, rules);
        if (cases.Count is 0 or > CasesMax)
            throw new InvalidDataException($"expected 1 to {CasesMax} cases; got {cases.Count}");
        var known = KnownStats.Of(rules);
        foreach (var one in cases)
        {
            if (one.Stats.Keys.FirstOrDefault(s => !known.Contains(s)) is not { } unknown) continue;
            var near = KnownStats.Nearest(known, unknown) is { } name ? $"; the nearest is {name}" : "";
            throw new InvalidDataException(
                $"{one.Place}: expected stats that {rules.Name} uses or ignores; got {unknown}{near}");
        }

        return cases;
    }

    private static List<RuleCase> OfCsv(string text, RuleSet rules)
    {
        var rows = Csv.Rows(text);
        if (rows.Count == 0) throw new InvalidDataException("expected a header of columns; the file is empty");
        List<string> header = [.. rows[0].Cells];
        var name = header.IndexOf(NameColumn);
        var expected = header.IndexOf(ExpectedColumn);
        if (name < 0 || expected < 0)
            throw new InvalidDataException(
                $"line 1: expected the columns {NameColumn}, {ExpectedColumn} and stats; got {string.Join(", ", header)}");
        if (header.GroupBy(h => h, StringComparer.Ordinal).FirstOrDefault(h => h.Count() > 1) is { } twice)
            throw new InvalidDataException($"line 1: expected each column once; got {twice.Key} twice");
        var cases = new List<RuleCase>();
        foreach (var row in rows.Skip(1))
        {
            var place = $"line {row.Line}";
            if (row.Cells.Count != header.Count)
                throw new InvalidDataException($"{place}: expected {header.Count} cells; got {row.Cells.Count}");
            var stats = new Dictionary<string, long>(StringComparer.Ordinal);
            for (var i = 0; i < header.Count; i++)
            {
                if (i != name && i != expected && row.Cells[i].Length > 0)
                    stats[header[i]] = PointsText.Read(row.Cells[i], scale: 0)
                        ?? throw new InvalidDataException(
                            $"{place}, {header[i]}: expected a whole number; got '{row.Cells[i]}'");
            }

            cases.Add(new RuleCase(place, row.Cells[name], stats, Points($"{place}, {ExpectedColumn}", row.Cells[expected],
                rules.Scale)));
        }

        return cases;
    }

    private static List<RuleCase> OfJson(string text, RuleSet rules)
    {
        var read = JsonSerializer.Deserialize<IReadOnlyList<WrittenCase?>>(text, s_options) ?? [];
        return [.. read.Select((c, i) => c is null
            ? throw new InvalidDataException($"[{i}]: expected a case; got null")
            : new RuleCase($"[{i}]", c.Name, c.Stats, Points($"[{i}].{ExpectedColumn}", c.Expected.GetRawText().Trim('"'),
                rules.Scale)))];
    }

    private static long Points(string place, string text, int scale) => PointsText.Read(text, scale)
        ?? throw new InvalidDataException(
            $"{place}: expected points with at most {scale} digits after the point; got '{text}'");

    private static readonly JsonSerializerOptions s_options = new(WireJson.Options)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };

    private sealed record WrittenCase(string Name, JsonElement Expected, IReadOnlyDictionary<string, long> Stats);
}
