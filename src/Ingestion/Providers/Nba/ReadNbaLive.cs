using System.Text.Json;
using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>Reads the NBA's live documents, play-by-play and box; what is not understood is refused with its field.</summary>
public static class ReadNbaLive
{
    /// <returns>The play-by-play, or null when the document is none of the NBA's.</returns>
    /// <exception cref="InvalidDataException">It is one, and something in it is not understood.</exception>
    public static NbaPlays? Plays(ReadOnlyMemory<byte> json) => Read(json, (game, gameId) =>
        game.TryGetProperty("actions", out var actions)
            ? new NbaPlays(gameId, [.. actions.EnumerateArray().Select(Action)]) : null);

    /// <returns>The box, or null when the document is none of the NBA's.</returns>
    /// <exception cref="InvalidDataException">It is one, and something in it is not understood.</exception>
    public static NbaBox? Box(ReadOnlyMemory<byte> json) => Read(json, (game, gameId) =>
        game.TryGetProperty("homeTeam", out var home) && game.TryGetProperty("awayTeam", out var away)
            ? new NbaBox(
                gameId, game.GetProperty("gameTimeUTC").GetDateTimeOffset(), game.GetProperty("gameStatus").GetInt32() == 3,
                [.. Lines(home).Concat(Lines(away)).Where(l => l.Stats.Count > 0)
                    .OrderBy(l => l.AthleteId, StringComparer.Ordinal)])
            : null);

    private static T? Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, string, T?> of) where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("game", out var game) && game.ValueKind == JsonValueKind.Object
                && game.TryGetProperty("gameId", out var id) && id.ValueKind == JsonValueKind.String
                ? of(game, id.GetString()!) : null;
        }
        catch (JsonException)
        {
            return null;
        }
        // What JsonElement says of a member that is missing or of another kind.
        catch (KeyNotFoundException e)
        {
            throw Refused(e);
        }
        catch (InvalidOperationException e)
        {
            throw Refused(e);
        }
        catch (FormatException e)
        {
            throw Refused(e);
        }
    }

    private static InvalidDataException Refused(Exception e) =>
        new($"game: expected the members of the NBA's live documents; {e.Message}", e);

    private static NbaAction Action(JsonElement action) => new(
        action.GetProperty("actionNumber").GetRawText(), action.GetProperty("orderNumber").GetInt64(),
        action.GetProperty("period").GetInt32(), Text(action, "clock"), action.GetProperty("timeActual").GetDateTimeOffset(),
        action.GetProperty("edited").GetDateTimeOffset(), action.GetProperty("actionType").GetString() ?? "",
        Text(action, "subType"), Text(action, "shotResult") == "Made", Person(action, "personId"),
        Person(action, "assistPersonId"));

    private static IEnumerable<AthleteStatsV1> Lines(JsonElement team)
    {
        foreach (var player in team.GetProperty("players").EnumerateArray())
        {
            var statistics = player.GetProperty("statistics");
            var stats = NbaStats.BoxNames.Select(n => (n.Key, Value: statistics.GetProperty(n.Value).GetInt64()))
                .Where(n => n.Value != 0).ToDictionary(n => n.Key, n => n.Value, StringComparer.Ordinal);
            yield return new AthleteStatsV1(player.GetProperty("personId").GetRawText(), stats);
        }
    }

    private static string Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <returns>Null for number 0, which is nobody.</returns>
    private static string? Person(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.GetInt64() != 0
            ? value.GetRawText() : null;
}
