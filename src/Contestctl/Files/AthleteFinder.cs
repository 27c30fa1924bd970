using System.Text.RegularExpressions;
using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Files;

/// <summary>
/// Finds athletes as people write them: by id, by name, or by name with id, team or position in brackets. Names differ neither by
/// case nor by the number of blanks. Pure.
/// </summary>
internal sealed partial class AthleteFinder(IReadOnlyList<PoolAthleteV1> pool)
{
    private readonly Dictionary<string, PoolAthleteV1> ids = pool.ToDictionary(a => a.AthleteId, StringComparer.Ordinal);

    private readonly ILookup<string, PoolAthleteV1> names = pool.ToLookup(a => Plain(a.Name), StringComparer.OrdinalIgnoreCase);

    /// <param name="written">Not empty.</param>
    /// <param name="positions">Of several of one name those who play one of these are meant.</param>
    /// <returns>The athlete; or why it cannot be said who is meant, namesakes by id, team and position.</returns>
    public (PoolAthleteV1? Athlete, string? Why) Find(string written, IReadOnlyList<string> positions)
    {
        if (ids.TryGetValue(written, out var named)) return (named, null);
        PoolAthleteV1[] found = [.. names[Plain(written)]];
        if (found.Length == 0 && Bracketed().Match(written) is { Success: true } match)
        {
            var (name, hints) = (match.Groups["name"].Value, match.Groups["hints"].Value.Trim());
            if (ids.TryGetValue(hints, out var byId))
                return Same(byId.Name, name) ? (byId, null)
                    : (null, $"expected the name and id of one athlete; {hints} is {byId.Name}, got '{written}'");
            PoolAthleteV1[] namesakes = [.. names[Plain(name)]];
            found = [.. namesakes.Where(a => hints.Split([' ', ',', '/', '-'], StringSplitOptions.RemoveEmptyEntries)
                .All(h => Same(a.TeamId, h) || a.Positions.Any(p => Same(p, h))))];
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

    private static string Words(IEnumerable<PoolAthleteV1> athletes) => string.Join(", ", athletes
        .OrderBy(a => a.AthleteId, StringComparer.Ordinal)
        .Select(a => $"{a.AthleteId} ({a.TeamId} {string.Join('/', a.Positions)})"));

    private static bool Same(string a, string b) => string.Equals(Plain(a), Plain(b), StringComparison.OrdinalIgnoreCase);

    /// <summary>One blank between words, and one sort of apostrophe.</summary>
    private static string Plain(string name) =>
        string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace('\u2019', '\'');

    [GeneratedRegex(@"^(?<name>.+?)\s*\((?<hints>[^()]+)\)$")]
    private static partial Regex Bracketed();
}
