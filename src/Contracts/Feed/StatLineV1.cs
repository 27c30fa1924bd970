namespace ContestPipeline.Contracts;

/// <summary>The absolute line of one athlete in one game: the fold of every play known so far.</summary>
/// <remarks>Record key: game/athlete, partition by game. Producer: Ingestion. Consumers keep the highest version.</remarks>
/// <param name="Version">Rises by one with every published change of this line.</param>
/// <param name="Stats">Totals by stat name; a stat that is not named is 0.</param>
[Wire("stat.line.v1", Topics.StatLines)]
public sealed record StatLineV1(
    string GameId, string AthleteId, long Version, IReadOnlyDictionary<string, long> Stats, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"line/{GameId}/{AthleteId}/{Version}";
    public string PartitionKey => GameId;
    public string RecordKey => $"{GameId}/{AthleteId}";
}
