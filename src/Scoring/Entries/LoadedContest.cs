namespace ContestPipeline.Scoring;

/// <summary>The working copy of one contest while a batch of commands is judged.</summary>
internal sealed class LoadedContest(string contestId)
{
    public string ContestId { get; } = contestId;
    public ContestRow? Row { get; set; }
    public ContestRules? Rules { get; set; }
    public int EntryCount { get; set; }
    public long LastAcceptanceNo { get; set; }
    public long LastChangeNo { get; set; }
    public List<HeardStart> HeardStarts { get; } = [];

    /// <summary>Games that have begun, and when that was asked.</summary>
    public (DateTimeOffset At, IReadOnlySet<string> Games)? Begun { get; set; }
    public Dictionary<string, EntryRow> Entries { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, int> PlayerEntries { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, ReservedEntry> Reserved { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, int> PlayerReservations { get; } = new(StringComparer.Ordinal);
    public HashSet<string> ReservedNow { get; } = new(StringComparer.Ordinal);
    public HashSet<string> ReservedEnded { get; } = new(StringComparer.Ordinal);
    public HashSet<string> Added { get; } = new(StringComparer.Ordinal);
    public HashSet<string> Changed { get; } = new(StringComparer.Ordinal);
}
