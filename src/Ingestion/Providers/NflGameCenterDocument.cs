namespace ContestPipeline.Ingestion.Providers;

/// <summary>What came of reading a provider's document: the document, or the one reason why it cannot be used.</summary>
public abstract record NflDocumentRead
{
    private NflDocumentRead() { }

    public sealed record Understood(NflGameCenterDocument Document) : NflDocumentRead;

    /// <param name="Field">Path of the value at fault.</param>
    public sealed record Refused(string Field, string Expected, string Got) : NflDocumentRead;
}

/// <summary>
/// One game as NFL GameCenter's JSON tells it, with clubs under their franchise codes and plays in the order of the game.
/// </summary>
/// <param name="Quarter">A number while the game runs, else <c>Pregame</c>, <c>Final</c>, <c>final overtime</c> and the
/// like.</param>
public sealed record NflGameCenterDocument(
    string GameId, string Home, string Away, string Quarter, string Clock, IReadOnlyList<NflPlay> Plays,
    IReadOnlyList<NflBoxLine> Box)
{
    private static readonly Dictionary<string, long> s_none = [];

    /// <summary>The scoreboard, by club; a club is not there where the document does not say.</summary>
    public IReadOnlyDictionary<string, long> Scores { get; init; } = s_none;

    /// <summary>Sacks of a club's defence, in halves.</summary>
    public IReadOnlyDictionary<string, long> HalfSacks { get; init; } = s_none;

    /// <summary>Balls that a club lost.</summary>
    public IReadOnlyDictionary<string, long> Turnovers { get; init; } = s_none;

    public bool IsFinal => Quarter.StartsWith("final", StringComparison.OrdinalIgnoreCase);

    public string Opponent(string club) => club == Home ? Away : Home;
}

/// <summary>One play: its stat events by athlete, and who had the ball before the snap.</summary>
/// <param name="Offence">Club that snapped or kicked the ball; empty where the document does not say.</param>
/// <param name="IsTryAfterReturn">A try whose touchdown a returner or a defender scored.</param>
public sealed record NflPlay(
    string PlayId, int Quarter, string Clock, string Offence, IReadOnlyList<NflStatEvent> Events, bool IsTryAfterReturn = false);

/// <summary>One stat event; <paramref name="AthleteId"/> <c>0</c> is the team.</summary>
public sealed record NflStatEvent(string AthleteId, string Club, int StatId, long Yards);

/// <summary>One athlete's whole-number figures in one category of the box.</summary>
public sealed record NflBoxLine(string AthleteId, string Club, string Category, IReadOnlyDictionary<string, long> Figures);
