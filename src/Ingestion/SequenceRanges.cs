using System.Globalization;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Which sequence numbers of a game's stream have come, kept as ranges: a complete stream of any length is one range.
/// </summary>
public sealed class SequenceRanges
{
    private readonly List<(long From, long To)> ranges = [];

    public long Highest => ranges.Count == 0 ? 0 : ranges[^1].To;

    public bool Has(long sequence)
    {
        var at = ranges.Count;
        while (at > 0 && ranges[at - 1].From > sequence) at--;
        return at > 0 && ranges[at - 1].To >= sequence;
    }

    /// <returns>False when the number had come before.</returns>
    public bool Add(long sequence)
    {
        var at = ranges.Count;
        while (at > 0 && ranges[at - 1].From > sequence) at--;
        if (at > 0 && ranges[at - 1].To >= sequence) return false;

        var joinsBefore = at > 0 && ranges[at - 1].To + 1 == sequence;
        var joinsAfter = at < ranges.Count && ranges[at].From - 1 == sequence;
        if (joinsBefore && joinsAfter)
        {
            ranges[at - 1] = (ranges[at - 1].From, ranges[at].To);
            ranges.RemoveAt(at);
        }
        else if (joinsBefore) ranges[at - 1] = (ranges[at - 1].From, sequence);
        else if (joinsAfter) ranges[at] = (sequence, ranges[at].To);
        else ranges.Insert(at, (sequence, sequence));
        return true;
    }

    /// <summary>The first numbers after <paramref name="after"/> and up to <paramref name="upTo"/> that have not come.</summary>
    public IReadOnlyList<long> Missing(long after, long upTo, int max)
    {
        var missing = new List<long>();
        var next = after + 1;
        foreach (var (from, to) in ranges)
        {
            for (; next < from && next <= upTo && missing.Count < max; next++) missing.Add(next);
            next = Math.Max(next, to + 1);
        }

        for (; next <= upTo && missing.Count < max; next++) missing.Add(next);
        return missing;
    }

    public override string ToString() =>
        string.Join(',', ranges.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.From}-{r.To}")));

    public static SequenceRanges Parse(string text)
    {
        var parsed = new SequenceRanges();
        foreach (var range in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var from = long.Parse(range.AsSpan(0, dash), CultureInfo.InvariantCulture);
            parsed.ranges.Add((from, long.Parse(range.AsSpan(dash + 1), CultureInfo.InvariantCulture)));
        }

        return parsed;
    }
}
