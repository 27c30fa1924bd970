using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Contestctl.Files;

/// <summary>
/// Finds athletes as people and operators write them: <c>00-0031235</c>, <c>Odell Beckham Jr.</c>, <c>David Johnson (PIT)</c>,
/// <c>Odell Beckham Jr. (1104)</c>, <c>1104:Odell Beckham Jr.</c>. Names are compared as <see cref="PlainName"/> has it. Pure.
/// </summary>
/// <param name="theirs">An operator's own ids, to those of the pool.</param>
internal sealed partial class AthleteFinder(IReadOnlyList<PoolAthleteV1> pool, IReadOnlyDictionary<string, string> theirs)
{
    private readonly Dictionary<string, PoolAthleteV1> ids = pool.ToDictionary(a => a.AthleteId, StringComparer.Ordinal);
    private readonly ILookup<string, PoolAthleteV1> names = pool.ToLookup(a => PlainName.Of(a.Name), StringComparer.Ordinal);

    /// <param name="written">Not empty.</param>
    /// <param name="positions">Of several of one name those who play one of these are meant.</param>
    /// <returns>The athlete; or why it cannot be said who is meant, namesakes by id, team and position.</returns>
    public (PoolAthleteV1? Athlete, string? Why) Find(string written, IReadOnlyList<string> positions)
    {
        if (IsId(written)) return ById(written, name: null);
        var found = Named(written);
        if (found.Length == 0 && Prefixed().Match(written) is { Success: true } prefixed && IsId(prefixed.Groups["id"].Value))
            return ById(prefixed.Groups["id"].Value, prefixed.Groups["name"].Value);
        if (found.Length == 0 && Bracketed().Match(written) is { Success: true } match)
        {
            var (name, hints) = (match.Groups["name"].Value, match.Groups["hints"].Value.Trim());
            if (IsId(hints)) return ById(hints, name);
            var namesakes = Named(name);
            found = [.. namesakes.Where(a => hints.Split([' ', ',', '/', '-'], StringSplitOptions.RemoveEmptyEntries)
                .All(h => IsSame(a.TeamId, h) || a.Positions.Any(p => IsSame(p, h))))];
            if (found.Length == 0 && namesakes.Length > 0)
                return (null, $"nobody of the pool is '{written}'; there is {Words(namesakes)}");
        }

        if (found.Length > 1 && found.Where(a => a.Positions.Any(positions.Contains)).ToArray() is { Length: > 0 } able)
            found = able;
        return found switch
        {
            [var one] => (one, null),
            [] => (null, $"nobody of the pool has the id or the name '{written}'"),
            _ => (null, $"several are called '{written}': {Words(found)}; write the id, or team or position in brackets"),
        };
    }

    private bool IsId(string text) => ids.ContainsKey(text) || theirs.ContainsKey(text);

    /// <param name="name">Written beside it; null: none is.</param>
    private (PoolAthleteV1? Athlete, string? Why) ById(string id, string? name)
    {
        if (!ids.TryGetValue(id, out var athlete) && !ids.TryGetValue(theirs[id], out athlete))
            return (null, $"{id} is athlete {theirs[id]}, who is not in the pool");
        return name is null || PlainName.Of(name) == PlainName.Of(athlete.Name) ? (athlete, null)
            : (null, $"expected the name and id of one athlete; {id} is {athlete.Name}, got '{name}'");
    }

    /// <returns>Those who are written exactly so; where nobody is, those of the same plain name.</returns>
    private PoolAthleteV1[] Named(string name)
    {
        PoolAthleteV1[] found = [.. names[PlainName.Of(name)]];
        return found.Where(a => IsSame(a.Name, name)).ToArray() is { Length: > 0 } exact ? exact : found;
    }

    private static string Words(IEnumerable<PoolAthleteV1> athletes) => string.Join(", ", athletes
        .OrderBy(a => a.AthleteId, StringComparer.Ordinal)
        .Select(a => $"{a.AthleteId} ({a.TeamId} {string.Join('/', a.Positions)})"));

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(?<name>.+?)\s*\((?<hints>[^()]+)\)$")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^(?<id>[^:]+):\s*(?<name>.+)$")]
    private static partial Regex Prefixed();
}
