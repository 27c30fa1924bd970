using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>One action of the NBA's live play-by-play.</summary>
/// <param name="ActionId">The action's number, which stays the same when it is edited.</param>
/// <param name="At">When it happened, UTC.</param>
/// <param name="EditedAt">When it was last changed, UTC.</param>
public sealed record NbaAction(
    string ActionId, long Order, int Period, string Clock, DateTimeOffset At, DateTimeOffset EditedAt, string Type,
    string SubType, bool IsMade, string? AthleteId, string? AssistId);

/// <summary>The play-by-play of one game as one document has it.</summary>
public sealed record NbaPlays(string GameId, IReadOnlyList<NbaAction> Actions);

/// <summary>The box of one game: what each athlete has come to by the league's own count.</summary>
public sealed record NbaBox(string GameId, DateTimeOffset StartsAt, bool IsFinal, IReadOnlyList<AthleteStatsV1> Lines);

/// <summary>The names of the stats, and what an action adds to whom. Pure.</summary>
public static class NbaStats
{
    /// <summary>By our name, the box's.</summary>
    public static IReadOnlyDictionary<string, string> BoxNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["assists"] = "assists", ["blocks"] = "blocks", ["field_goals_made"] = "fieldGoalsMade",
        ["free_throws_made"] = "freeThrowsMade", ["personal_fouls"] = "foulsPersonal", ["points"] = "points",
        ["rebounds"] = "reboundsTotal", ["steals"] = "steals", ["threes_made"] = "threePointersMade", ["turnovers"] = "turnovers",
    };

    /// <returns>Empty for what is in nobody's line, such as a rebound of the team.</returns>
    public static IReadOnlyList<AthleteStatsV1> Of(NbaAction action)
    {
        if (action.AthleteId is not { } athlete) return [];
        return action.Type switch
        {
            "2pt" or "3pt" or "freethrow" when action.IsMade => Shot(action, athlete),
            "rebound" => One(athlete, "rebounds"),
            "steal" => One(athlete, "steals"),
            "block" => One(athlete, "blocks"),
            "turnover" => One(athlete, "turnovers"),
            "foul" when action.SubType is "personal" or "offensive" => One(athlete, "personal_fouls"),
            _ => [],
        };
    }

    private static IReadOnlyList<AthleteStatsV1> Shot(NbaAction action, string athlete)
    {
        var stats = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["points"] = action.Type switch { "3pt" => 3, "2pt" => 2, _ => 1 },
            [action.Type == "freethrow" ? "free_throws_made" : "field_goals_made"] = 1,
        };
        if (action.Type == "3pt") stats["threes_made"] = 1;
        var shooter = new AthleteStatsV1(athlete, stats);
        return action.AssistId is { } assist ? [shooter, .. One(assist, "assists")] : [shooter];
    }

    private static AthleteStatsV1[] One(string athlete, string stat) =>
        [new(athlete, new Dictionary<string, long>(StringComparer.Ordinal) { [stat] = 1 })];
}
