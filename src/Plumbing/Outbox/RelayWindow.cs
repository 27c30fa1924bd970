namespace ContestPipeline.Plumbing;

/// <summary>What was read for one window.</summary>
/// <param name="horizon">Nothing above it is read.</param>
internal sealed class RelayWindow(long horizon, int rowsMax)
{
    /// <summary>All slices' rows wait in memory until the broker has them.</summary>
    private const long BytesMax = 64_000_000;

    private readonly Dictionary<short, (int Rows, OutboxRow First)> slices = [];
    private readonly Dictionary<short, OutboxRow> foreign = [];
    private long bytes;
    private long last;

    internal int Rows { get; private set; }

    internal bool IsFull => Rows >= rowsMax || bytes >= BytesMax;

    /// <summary>Nothing of its slices up to here is left out.</summary>
    internal long UpTo => IsFull ? last : horizon;

    /// <summary>How many rows each slice has in it that are sent, and the first of them.</summary>
    internal IReadOnlyDictionary<short, (int Rows, OutboxRow First)> Slices => slices;

    /// <summary>
    /// Of each slice in which there is one, the first row that is for a topic of others: it and what comes behind it in the slice
    /// are not sent.
    /// </summary>
    internal IReadOnlyDictionary<short, OutboxRow> Foreign => foreign;

    /// <param name="mayBeSent">The worker may write the topic that the row is for.</param>
    /// <returns>Whether the row is to be sent.</returns>
    internal bool Add(OutboxRow row, bool mayBeSent)
    {
        Rows++;
        bytes += row.Body.Length;
        last = row.Position;
        if (!mayBeSent) foreign.TryAdd(row.Slice, row);
        if (foreign.ContainsKey(row.Slice)) return false;
        slices[row.Slice] = slices.TryGetValue(row.Slice, out var before) ? (before.Rows + 1, before.First) : (1, row);
        return true;
    }
}
