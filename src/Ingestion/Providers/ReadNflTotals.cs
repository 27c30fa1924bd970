using System.Text.Json;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>Totals of a club that GameCenter tells beside its plays: score, sacks, turnovers. Pure.</summary>
public static class ReadNflTotals
{
    /// <param name="of">From a club's part of the document; null: it does not say.</param>
    /// <returns>By club, without those of which the document does not say it.</returns>
    public static IReadOnlyDictionary<string, long> OfClubs(
        JsonElement game, string home, string away, Func<JsonElement, long?> of)
    {
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (side, club) in ((string, string)[])[("home", home), ("away", away)])
        {
            if (of(game.GetProperty(side)) is { } total) totals[club] = total;
        }

        return totals;
    }

    /// <summary>Points on the scoreboard.</summary>
    public static long? Score(JsonElement club) => At(club, "score", "T") is { } points ? Whole(points, 1) : null;

    /// <summary>Sacks in halves, of all who tackled.</summary>
    public static long? HalfSacks(JsonElement club)
    {
        if (At(club, "stats", "defense") is not { ValueKind: JsonValueKind.Object } defence) return null;
        long halves = 0;
        foreach (var athlete in defence.EnumerateObject())
        {
            if (At(athlete.Value, "sk") is not { } sacks || Whole(sacks, 2) is not { } own) return null;
            halves += own;
        }

        return halves;
    }

    /// <summary>Interceptions thrown and fumbles lost.</summary>
    public static long? Turnovers(JsonElement club) => At(club, "stats", "team", "trnovr") is { } lost ? Whole(lost, 1) : null;

    private static JsonElement? At(JsonElement from, params ReadOnlySpan<string> steps)
    {
        foreach (var step in steps)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(step, out from)) return null;
        }

        return from;
    }

    /// <returns>The number times a factor; null where that is not a whole number of a size that can be meant.</returns>
    private static long? Whole(JsonElement value, int factor) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number is >= 0 and < 100_000
            && number * factor == decimal.Truncate(number * factor) ? (long)(number * factor) : null;
}
