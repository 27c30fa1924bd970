using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Demo.RealContest;

/// <summary>
/// Finds the provider's athletes behind the names of published line-ups: among those who took part in the slate's games, by full
/// name. A name that nobody in the games has did not play and scores nothing; two athletes with one name stop the run.
/// </summary>
public static class AthleteNames
{
    /// <summary>The names under which line-ups of this slate list team defences.</summary>
    private static readonly Dictionary<string, string> s_defences = new(StringComparer.Ordinal)
    {
        ["Chiefs"] = "KC", ["Steelers"] = "PIT", ["Giants"] = "NYG", ["Vikings"] = "MIN",
    };

    private static readonly string[] s_suffixes = [" jr", " sr", " ii", " iii", " iv"];

    /// <summary>The contest's athlete pool: one per published name, able to play every slot it was published in.</summary>
    /// <param name="fullNames">Provider id to full name.</param>
    /// <returns>By published name.</returns>
    public static IReadOnlyDictionary<string, PoolAthleteV1> Pool(
        IReadOnlyList<PublishedEntry> entries, IReadOnlyList<NflGameCenterDocument> games,
        IReadOnlyDictionary<string, string> fullNames)
    {
        var players = Players(games, fullNames);
        var pool = new Dictionary<string, PoolAthleteV1>(StringComparer.Ordinal);
        foreach (var (name, slots) in SlotsByName(entries))
        {
            var (id, team, game) = s_defences.TryGetValue(name, out var club)
                ? (club + "-DST", club, games.Single(g => g.Home == club || g.Away == club).GameId)
                : players.TryGetValue(Plain(name), out var found)
                    ? found : ($"absent-{Plain(name).Replace(' ', '-')}", games[0].Home, games[0].GameId);
            pool.Add(name, new PoolAthleteV1(id, name, slots, team, game, Salary: 0));
        }

        return pool;
    }

    /// <summary>Case, points, apostrophes and generation marks are spelt differently from source to source.</summary>
    public static string Plain(string name)
    {
        var plain = name.ToLowerInvariant().Replace(".", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal)
            .Trim();
        var suffix = s_suffixes.FirstOrDefault(s => plain.EndsWith(s, StringComparison.Ordinal));
        return suffix is null ? plain : plain[..^suffix.Length];
    }

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

    private static Dictionary<string, (string Id, string Team, string Game)> Players(
        IReadOnlyList<NflGameCenterDocument> games, IReadOnlyDictionary<string, string> fullNames)
    {
        var players = new Dictionary<string, (string Id, string Team, string Game)>(StringComparer.Ordinal);
        foreach (var game in games)
        {
            foreach (var seen in game.Plays.SelectMany(p => p.Events).Where(e => fullNames.ContainsKey(e.AthleteId))
                .DistinctBy(e => e.AthleteId))
            {
                var name = Plain(fullNames[seen.AthleteId]);
                if (!players.TryAdd(name, (seen.AthleteId, seen.Club, game.GameId)) && players[name].Id != seen.AthleteId)
                    throw new FormatException(
                        $"two athletes of the slate are called {name}: {players[name].Id} and {seen.AthleteId}");
            }
        }

        return players;
    }
}
