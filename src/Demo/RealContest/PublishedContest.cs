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

    /// <summary>The classic slots in the order in which line-ups are published.</summary>
    public static IReadOnlyList<string> Slots { get; } = ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"];

    public static IReadOnlyList<PublishedEntry> Read(string gzipFile)
    {
        using var file = File.OpenRead(gzipFile);
        using var zip = new GZipStream(file, CompressionMode.Decompress);
        using var text = new StreamReader(zip);
        return [.. Parse(text)];
    }

    public static IEnumerable<PublishedEntry> Parse(TextReader text)
    {
        var lineups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        using var csv = new CsvParser(text, CultureInfo.InvariantCulture);
        csv.Read();
        while (csv.Read())
        {
            if (csv.Record is not { Length: Columns } cells)
                throw new FormatException($"expected {Columns} columns, got '{csv.RawRecord.TrimEnd()}'");
            if (!lineups.TryGetValue(cells[6], out var names)) lineups[cells[6]] = names = Names(cells[6]);

            // The published figures carry binary rounding (99.96001); the rank goes by the value rounded to hundredths.
            var points = decimal.Parse(cells[5], NumberStyles.Float, CultureInfo.InvariantCulture);
            yield return new PublishedEntry(
                int.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2],
                (long)Math.Round(points * 100, MidpointRounding.AwayFromZero), names);
        }
    }

    private static string[] Names(string lineup)
    {
        var slots = Slot().Matches(lineup);
        if (slots.Count == 0) return [];
        if (!slots.Select(m => m.Groups["slot"].Value).SequenceEqual(Slots))
            throw new FormatException($"unexpected slots in '{lineup}'");
        return [.. slots.Select(m => m.Groups["name"].Value)];
    }

    [GeneratedRegex("(?:^| )(?<slot>QB|RB|WR|TE|FLEX|DST) (?<name>.*?)(?= (?:QB|RB|WR|TE|FLEX|DST) |$)")]
    private static partial Regex Slot();
}
