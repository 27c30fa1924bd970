using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Demo.RealContest;

/// <summary>
/// Finds the provider's athletes behind the names of published line-ups: among those who took part in the slate's games, by full
/// name. A name that nobody in the games has did not play and scores nothing, which the run says; a defence of no game of the
/// slate, and a name that line-ups use and two athletes have, end it in words.
/// </summary>
public static class AthleteNames
{
    private const string DefenceSlot = "DST";

    /// <summary>Begins the ids of athletes who took part in no game.</summary>
    private const string Absent = "absent-";

    /// <summary>The names under which line-ups list team defences.</summary>
    private static readonly Dictionary<string, string> s_defences = new(StringComparer.Ordinal)
    {
        ["Cardinals"] = "ARI", ["Falcons"] = "ATL", ["Ravens"] = "BAL", ["Bills"] = "BUF", ["Panthers"] = "CAR",
        ["Bears"] = "CHI",
        ["Bengals"] = "CIN", ["Browns"] = "CLE", ["Cowboys"] = "DAL", ["Broncos"] = "DEN", ["Lions"] = "DET", ["Packers"] = "GB",
        ["Texans"] = "HOU", ["Colts"] = "IND", ["Jaguars"] = "JAX", ["Chiefs"] = "KC", ["Rams"] = "LA", ["Chargers"] = "LAC",
        ["Dolphins"] = "MIA", ["Vikings"] = "MIN", ["Patriots"] = "NE", ["Saints"] = "NO", ["Giants"] = "NYG", ["Jets"] = "NYJ",
        ["Raiders"] = "OAK", ["Eagles"] = "PHI", ["Steelers"] = "PIT", ["Seahawks"] = "SEA", ["49ers"] = "SF",
        ["Buccaneers"] = "TB", ["Titans"] = "TEN", ["Redskins"] = "WAS",
    };

    /// <summary>The contest's athlete pool: one per published name, able to play every slot it was published in.</summary>
    /// <param name="fullNames">Provider id to full name.</param>
    /// <returns>By published name.</returns>
    /// <exception cref="FormatException">A name means no defence of the slate, or more than one athlete.</exception>
    public static IReadOnlyDictionary<string, PoolAthleteV1> Pool(
        IReadOnlyList<PublishedEntry> entries, IReadOnlyList<NflGameCenterDocument> games,
        IReadOnlyDictionary<string, string> fullNames)
    {
        var players = Players(games, fullNames);
        var pool = new Dictionary<string, PoolAthleteV1>(StringComparer.Ordinal);
        foreach (var (name, slots) in SlotsByName(entries))
        {
            var (id, team, game) = slots.Contains(DefenceSlot) ? Defence(name, games)
                : Player(name, players[PlainName.Of(name)], games);
            pool.Add(name, new PoolAthleteV1(id, name, slots, team, game, Salary: 0));
        }

        return pool;
    }

    /// <returns>The published names of those who took part in no game, in order: their points are 0.</returns>
    public static IReadOnlyList<string> WhoDidNotPlay(IReadOnlyDictionary<string, PoolAthleteV1> pool) =>
        [.. pool.Where(a => a.Value.AthleteId.StartsWith(Absent, StringComparison.Ordinal)).Select(a => a.Key)
            .Order(StringComparer.Ordinal)];

    private static (string Id, string Team, string Game) Defence(string name, IReadOnlyList<NflGameCenterDocument> games)
    {
        if (!s_defences.TryGetValue(name, out var club))
            throw new FormatException($"{name} in the slot {DefenceSlot} is no defence of the league");
        var game = games.FirstOrDefault(g => g.Home == club || g.Away == club)
            ?? throw new FormatException($"{name} ({club}) play in no game of the slate");
        return (club + "-DST", club, game.GameId);
    }

    private static (string Id, string Team, string Game) Player(
        string name, IEnumerable<(string Id, string Team, string Game)> found, IReadOnlyList<NflGameCenterDocument> games) =>
        found.ToArray() switch
        {
            [] => ($"{Absent}{PlainName.Of(name).Replace(' ', '-')}", games[0].Home, games[0].GameId),
            [var one] => one,
            [var one, var other, ..] => throw new FormatException(
                $"two athletes of the slate are called {name}: {one.Id} ({one.Team}) and {other.Id} ({other.Team})"),
        };

    private static SortedDictionary<string, IReadOnlyList<string>> SlotsByName(IReadOnlyList<PublishedEntry> entries)
    {
        var slots = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var names in entries.Select(e => e.Names).Distinct(ReferenceEqualityComparer.Instance)
            .Cast<IReadOnlyList<string>>())
        {
            for (var i = 0; i < names.Count; i++)
            {
                if (!slots.TryGetValue(names[i], out var of))
                    slots[names[i]] = of = new SortedSet<string>(StringComparer.Ordinal);
                of.Add(PublishedContest.Slots[i]);
            }
        }

        return new(slots.ToDictionary(s => s.Key, s => (IReadOnlyList<string>)[.. s.Value]), StringComparer.Ordinal);
    }

    private static ILookup<string, (string Id, string Team, string Game)> Players(
        IReadOnlyList<NflGameCenterDocument> games, IReadOnlyDictionary<string, string> fullNames) => games
        .SelectMany(g => g.Plays.SelectMany(p => p.Events).Select(e => (e.AthleteId, e.Club, g.GameId)))
        .Where(e => fullNames.ContainsKey(e.AthleteId)).DistinctBy(e => e.AthleteId)
        .ToLookup(e => PlainName.Of(fullNames[e.AthleteId]), StringComparer.Ordinal);
}
