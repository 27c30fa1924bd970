using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Providers;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// The two games that ship with the product and the activity challenge: their feeds and the athletes who may be chosen.
/// </summary>
public sealed record Slate(IReadOnlyList<PoolAthleteV1> Athletes, IReadOnlyList<FeedRecord> Feed)
{
    private static readonly string[] s_games = ["kc-at-pit-2016-week-4.jsonl", "nyg-at-min-2016-week-4.jsonl"];

    /// <summary>Reads <c>samples/</c>; all start together, whenever they were really played.</summary>
    public static async Task<Slate> Read(string folder, CancellationToken ct)
    {
        var games = await ReadGames(folder, ct);
        return games with { Feed = [.. games.Feed.Concat(ActivityChallenge.Feed()).OrderBy(r => r.AtMs)] };
    }

    /// <summary>As <see cref="Read"/>, without the activity challenge.</summary>
    public static async Task<Slate> ReadGames(string folder, CancellationToken ct)
    {
        var athletes = WireJson.Read<IReadOnlyList<PoolAthlete>>(
            await File.ReadAllBytesAsync(Path.Combine(folder, "players.json"), ct));
        var feed = new List<FeedRecord>();
        foreach (var game in s_games)
        {
            await using var file = File.OpenRead(Path.Combine(folder, game));
            var content = await FeedFile.Read(file, ct);
            Invariant.Holds(content.Problems.Count == 0, $"{game}: {string.Join("; ", content.Problems.Take(3))}");
            feed.AddRange(content.Records);
        }

        return new Slate(
            [.. athletes.Select(a => new PoolAthleteV1(a.AthleteId, a.Name, a.Positions, a.Team, a.GameId, a.SalaryUnits))],
            [.. feed.OrderBy(r => r.AtMs)]);
    }
}
