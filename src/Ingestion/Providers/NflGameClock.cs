using System.Globalization;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// The documents hold no wall clock, so arrival times are simulated from quarter and game clock: 2.9 real seconds for one on the
/// game clock and 13 minutes at half-time, which makes a game last 3 h 07 min. Time never runs backwards: plays that share a
/// clock follow each other by a second.
/// </summary>
public sealed class NflGameClock(DateTimeOffset kickoff)
{
    private const int QuarterSeconds = 900;
    private DateTimeOffset latest = kickoff.AddSeconds(-1);

    /// <summary>When the play happened, by the simulation.</summary>
    public DateTimeOffset At(int quarter, string clock)
    {
        var left = Seconds(clock);
        var next = latest.AddSeconds(1);
        if (left is { } seconds && quarter is >= 1 and <= 9)
        {
            var played = (quarter - 1) * QuarterSeconds + Math.Clamp(QuarterSeconds - seconds, 0, QuarterSeconds);
            var real = kickoff.AddMilliseconds(played * 2_900L + (quarter >= 3 ? 780_000 : 0));
            if (real > next) next = real;
        }

        return latest = next;
    }

    /// <summary>A moment so many seconds after everything before it.</summary>
    public DateTimeOffset After(int seconds) => latest = latest.AddSeconds(seconds);

    /// <summary>For people: <c>Q3 07:12</c>, <c>OT 02:00</c>.</summary>
    public static string Text(int quarter, string clock) =>
        Seconds(clock) is { } s
            ? string.Create(CultureInfo.InvariantCulture, $"{Name(quarter)} {s / 60:00}:{s % 60:00}") : Name(quarter);

    private static string Name(int quarter) => quarter > 4 ? "OT" : string.Create(CultureInfo.InvariantCulture, $"Q{quarter}");

    private static int? Seconds(string clock)
    {
        var parts = clock.Split(':');
        if (parts.Length != 2) return null;
        var minutes = parts[0].Length == 0 ? 0 : int.TryParse(parts[0], CultureInfo.InvariantCulture, out var m) ? m : -1;
        return minutes is >= 0 and <= 15 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and < 60
            ? minutes * 60 + seconds
            : null;
    }
}
