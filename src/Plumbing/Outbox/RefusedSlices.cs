namespace ContestPipeline.Plumbing;

/// <summary>
/// Slices of which the broker refuses something, and how to go on: each by itself, in shorter and shorter windows, until the
/// record is found that is refused alone. There the slice stops and is tried again every half minute; the other slices do not
/// wait.
/// </summary>
internal sealed class RefusedSlices(TimeProvider clock)
{
    /// <summary>How long a stopped slice waits until its record is tried again.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<short, Trouble> troubles = [];
    private bool isTheirTurn;

    /// <summary>Slices with trouble and those without take turns.</summary>
    /// <param name="sent">How far each slice of this relay is sent.</param>
    /// <param name="horizon">Nothing is sent beyond it.</param>
    /// <param name="rowsMax">Of a window without trouble.</param>
    /// <returns>Which slices the next window is of, from which positions on, and how many rows it may have.</returns>
    internal (IReadOnlyDictionary<short, long> Sent, int RowsMax) Next(
        IReadOnlyDictionary<short, long> sent, long horizon, int rowsMax)
    {
        foreach (var lost in troubles.Keys.Where(slice => !sent.ContainsKey(slice)).ToArray()) troubles.Remove(lost);
        if (troubles.Count == 0) return (sent, rowsMax);
        isTheirTurn = !isTheirTurn;
        var well = sent.Where(s => !troubles.ContainsKey(s.Key)).ToDictionary();
        var due = troubles.Where(t => sent[t.Key] < horizon
            && (t.Value.TriedAt is not { } at || clock.GetElapsedTime(at) >= Pause))
            .OrderBy(t => t.Value.TriedAt).ThenBy(t => t.Key).ToArray();
        if (due.Length == 0 || (!isTheirTurn && well.Values.Any(position => position < horizon))) return (well, rowsMax);
        var (slice, trouble) = due[0];
        return (new Dictionary<short, long> { [slice] = sent[slice] }, Math.Min(rowsMax, trouble.RowsMax));
    }

    /// <summary>The broker refuses something in a window of a slice.</summary>
    /// <param name="rows">How many the slice had in it.</param>
    /// <returns>True when this is where the slice stops, and it had not stopped here before.</returns>
    internal bool Refused(short slice, int rows)
    {
        var wasStopped = troubles.GetValueOrDefault(slice)?.TriedAt is not null;
        troubles[slice] = rows > 1 ? new Trouble(rows / 2, TriedAt: null) : new Trouble(1, clock.GetTimestamp());
        return rows == 1 && !wasStopped;
    }

    /// <summary>A window of a slice was taken.</summary>
    /// <param name="rowsMax">Of a window without trouble: as soon as it may be as long again, the slice has no trouble.</param>
    internal void Passed(short slice, int rowsMax)
    {
        if (!troubles.TryGetValue(slice, out var trouble)) return;
        if (trouble.RowsMax * 2L >= rowsMax) troubles.Remove(slice);
        else troubles[slice] = new Trouble(trouble.RowsMax * 2, TriedAt: null);
    }

    /// <param name="TriedAt">A timestamp of the clock; null: the slice has not stopped.</param>
    private sealed record Trouble(int RowsMax, long? TriedAt);
}
