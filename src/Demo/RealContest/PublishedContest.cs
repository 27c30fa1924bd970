using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using CsvHelper;

namespace ContestPipeline.Demo.RealContest;

/// <summary>One entry as the operator published it. Points in hundredths.</summary>
/// <param name="Names">The athletes by name, in slot order; empty when the entry was never filled.</param>
public sealed record PublishedEntry(int Rank, string EntryId, string Player, long Points, IReadOnlyList<string> Names);

/// <summary>Reads a published contest: rank, entry id, player, points and line-up by name.</summary>
public static partial class PublishedContest
{
    private const int Columns = 7;
    private const decimal PointsMax = 1_000_000;

    /// <summary>The classic slots in the order in which line-ups are published.</summary>
    public static IReadOnlyList<string> Slots { get; } = ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"];

    public static IReadOnlyList<PublishedEntry> Read(string gzipFile)
    {
        using var file = File.OpenRead(gzipFile);
        using var zip = new GZipStream(file, CompressionMode.Decompress);
        using var text = new StreamReader(zip);
        return [.. Parse(text)];
    }

    /// <exception cref="FormatException">A line is none of a published contest; it is named.</exception>
    public static IEnumerable<PublishedEntry> Parse(TextReader text)
    {
        var lineups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        using var csv = new CsvParser(text, CultureInfo.InvariantCulture);
        csv.Read();
        while (csv.Read())
        {
            if (csv.Record is not { Length: Columns } cells)
                throw new FormatException($"line {csv.RawRow}: expected {Columns} columns, got '{csv.RawRecord.TrimEnd()}'");
            if (!lineups.TryGetValue(cells[6], out var names))
                lineups[cells[6]] = names = Names(cells[6]) ?? throw new FormatException(
                    $"line {csv.RawRow}: expected the slots {string.Join(' ', Slots)} in any order, got '{cells[6]}'");

            // The published figures carry binary rounding (99.96001); the rank goes by the value rounded to hundredths.
            if (!decimal.TryParse(cells[5], NumberStyles.Float, CultureInfo.InvariantCulture, out var points)
                || Math.Abs(points) > PointsMax
                || !int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rank))
                throw new FormatException($"line {csv.RawRow}: expected a rank and points, got '{cells[0]}' and '{cells[5]}'");
            yield return new PublishedEntry(
                rank, cells[1], cells[2],
                (long)Math.Round(points * 100, MidpointRounding.AwayFromZero), names);
        }
    }

    /// <returns>In the order of <see cref="Slots"/>, whatever order they are written in; null: these are not its slots.</returns>
    private static string[]? Names(string lineup)
    {
        var left = Slot().Matches(lineup).Select(m => (Slot: m.Groups["slot"].Value, Name: m.Groups["name"].Value)).ToList();
        if (left.Count == 0 && string.IsNullOrWhiteSpace(lineup)) return [];
        if (left.Count != Slots.Count) return null;
        var names = new string[Slots.Count];
        for (var i = 0; i < names.Length; i++)
        {
            var found = left.FindIndex(l => l.Slot == Slots[i]);
            if (found < 0) return null;
            names[i] = left[found].Name;
            left.RemoveAt(found);
        }

        return names;
    }

    [GeneratedRegex("(?:^| )(?<slot>QB|RB|WR|TE|FLEX|DST) (?<name>.*?)(?= (?:QB|RB|WR|TE|FLEX|DST) |$)")]
    private static partial Regex Slot();
}
