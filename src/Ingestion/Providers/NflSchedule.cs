using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// When games were scheduled to start: from the provider's schedule file, else guessed from the date in the game id.
/// </summary>
public static class NflSchedule
{
    private const int GameIdColumn = 0;
    private const int KickoffColumn = 6;

    /// <summary>Reads <c>eid,folder,season,season_type,week,wday,kickoff_et,away,home,gamekey</c>.</summary>
    /// <returns>Kick-off in UTC by game id; lines that hold no such game are left out.</returns>
    public static IReadOnlyDictionary<string, DateTimeOffset> Read(TextReader text)
    {
        using var csv = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null });
        var kickoffs = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        csv.Read();
        while (csv.Read())
        {
            if (csv.Count > KickoffColumn && DateOf(csv[GameIdColumn]) is { } date
                && TimeOnly.TryParseExact(
                    csv[KickoffColumn], "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
                kickoffs[csv[GameIdColumn]] = Utc(date, at);
        }

        return kickoffs;
    }

    /// <summary>One in the afternoon, New York time, on the date in the game id.</summary>
    public static DateTimeOffset? Guess(string gameId) => DateOf(gameId) is { } date ? Utc(date, new TimeOnly(1, 0)) : null;

    private static DateOnly? DateOf(string gameId) =>
        gameId.Length == 10
            && DateOnly.TryParseExact(gameId[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date : null;

    /// <summary>The schedule writes no AM or PM: only 9 and 10 o'clock (games in Europe) are in the morning.</summary>
    private static DateTimeOffset Utc(DateOnly date, TimeOnly at)
    {
        var hours = at.Hour is < 9 or 11 ? 12 : 0;
        var offset = TimeSpan.FromHours(IsSummerTime(date) ? -4 : -5);
        return new DateTimeOffset(date.ToDateTime(at).AddHours(hours), offset).ToUniversalTime();
    }

    /// <summary>The United States' rule since 2007; a season lies between August and February.</summary>
    private static bool IsSummerTime(DateOnly date)
    {
        if (date.Month is > 3 and < 11) return true;
        if (date.Month != 11) return false;
        var first = new DateOnly(date.Year, 11, 1);
        return date.Day < 1 + (7 - (int)first.DayOfWeek) % 7;
    }
}
