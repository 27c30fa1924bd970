namespace ContestPipeline.Contracts;

/// <summary>Live standings: advice, not a result.</summary>
/// <remarks>Key: contest id, compacted. Producer: Scoring.</remarks>
/// <param name="Scale">Digits after the point in every points figure (2: hundredths).</param>
/// <param name="Top">The first 100 entries by rank, then acceptance.</param>
/// <param name="Histogram">Number of entries per band of whole points, lowest band first; 1,000 bands at most, as much wider as
/// that takes.</param>
[Wire("contest.standings.v1", Topics.Standings)]
public sealed record StandingsV1(
    string ContestId, long Version, int EntryCount, int Scale, IReadOnlyList<StandingV1> Top,
    IReadOnlyList<HistogramBandV1> Histogram, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"standings/{ContestId}/{Version}";
    public string PartitionKey => ContestId;
}

/// <summary>One entry's place: standard competition rank (1,1,1,4), points in units of the scale.</summary>
public sealed record StandingV1(int Rank, string EntryId, string PlayerId, long Points);

/// <summary>Entries with <see cref="FromPoints"/> ≤ points &lt; <see cref="ToPoints"/>, in units of the scale.</summary>
public sealed record HistogramBandV1(long FromPoints, long ToPoints, int Entries);
