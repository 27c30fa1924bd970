namespace ContestPipeline.Contracts;

/// <summary>How much a message of a feed may say; what is more is refused.</summary>
public static class FeedLimits
{
    public const int IdCharactersMax = 64;

    /// <summary>What ids of the feed and names of stats consist of: 1 to <see cref="IdCharactersMax"/> of these.</summary>
    public const string IdPattern = "^[A-Za-z0-9.:_-]{1,64}$";

    /// <summary>Of a play.</summary>
    public const int AthletesMax = 200;

    /// <summary>Of an athlete.</summary>
    public const int StatsMax = 100;

    /// <summary>What one play can add.</summary>
    public const long FigureMax = 10_000;

    /// <summary>What a box can say of one stat.</summary>
    public const long TotalMax = 1_000_000;

    public const int RevisionMax = 1_000_000;

    /// <summary>
    /// A game has a few hundred messages, a season's stream of activities some tens of millions; a number beyond is a provider's
    /// clock.
    /// </summary>
    public const long SequenceMax = 1_000_000_000;
}

/// <summary>An id of the feed or the name of a stat.</summary>
public sealed class FeedIdAttribute() : MatchesAttribute(FeedLimits.IdPattern, "00-0022924");
