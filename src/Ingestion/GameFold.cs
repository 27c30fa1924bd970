using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Everything known of one game: what the folds work on. It equals the database's rows whenever no transaction is under way.
/// </summary>
public sealed class GameFold(string gameId)
{
    public string GameId { get; } = gameId;

    /// <summary>Counts the writes of the game's row; memory with another count than the row is stale.</summary>
    public long Change { get; set; }

    /// <summary>
    /// Lines that are told for the first time begin above it: a database that went back may have told and forgotten them.
    /// </summary>
    public long VersionFloor { get; init; }

    /// <summary>Version of the last published <see cref="GameStateV1"/>.</summary>
    public long Version { get; set; }

    public string Status { get; set; } = GameStatus.Scheduled;

    /// <summary>The message that gave the status; a lower one cannot change it any more.</summary>
    public long StatusSequence { get; set; }

    public string? Clock { get; set; }

    public long ClockSequence { get; set; }

    public SequenceRanges Received { get; init; } = new();

    /// <summary>The highest sequence number that a heartbeat has named.</summary>
    public long AnnouncedSequence { get; set; }

    /// <summary>True once the feed has said nothing for too long while the game was in progress.</summary>
    public bool IsSilent { get; set; }

    /// <summary>When the provider says that the game is to begin, UTC, and the message that said so.</summary>
    public DateTimeOffset? StartsAt { get; set; }

    public long StartsAtSequence { get; set; }

    /// <summary>The earliest time, UTC, of what says that the game has begun; null while nothing does.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>The first missing number of the gap that the provider is asked for; 0: nothing is missing.</summary>
    public long RecoveryFrom { get; set; }

    /// <summary>How often the provider was asked for this gap.</summary>
    public int RecoveryAttempt { get; set; }

    /// <summary>When the provider is asked next, UTC; null: not.</summary>
    public DateTimeOffset? RecoveryDueAt { get; set; }

    /// <summary>The number in the key of the alert of a gap that is open; 0: there is none.</summary>
    public long GapAlert { get; set; }

    /// <summary>The number in the key of the alert of a silence that is open; 0: there is none.</summary>
    public long SilenceAlert { get; set; }

    public FeedBoxV1? Box { get; set; }

    public Dictionary<string, PlayFold> Plays { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, LineFold> Lines { get; } = new(StringComparer.Ordinal);

    /// <summary>Which play holds a number of the stream: the latest revision of each.</summary>
    public Dictionary<long, string> PlayAt { get; } = [];

    /// <summary>What consumers were told last.</summary>
    public GameStateV1? Published { get; set; }

    /// <summary>Plays that changed in the transaction under way.</summary>
    public HashSet<string> ChangedPlays { get; } = new(StringComparer.Ordinal);

    public bool IsOver => Status is GameStatus.Complete or GameStatus.Closed;
}

/// <summary>The latest revision of one play.</summary>
/// <param name="Sequence">The message's number in the game's stream; 0: stored before numbers were.</param>
public sealed record PlayFold(
    long Sequence, int Revision, bool IsDeleted, bool IsOfficial, IReadOnlyList<AthleteStatsV1> Athletes)
{
    /// <summary>Whether its increments count in the lines.</summary>
    public bool Counts => !IsDeleted && IsOfficial;
}

/// <summary>The running totals of one athlete.</summary>
public sealed class LineFold
{
    public SortedDictionary<string, long> Stats { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Version of the last published line; 0 before the first.</summary>
    public long Version { get; set; }

    public bool IsChanged { get; set; }
}
