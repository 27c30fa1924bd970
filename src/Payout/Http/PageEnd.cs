using System.Globalization;

namespace ContestPipeline.Payout.Http;

/// <summary>Where a page of a list by time ended: the last one's time, and what tells it from others of the same time.</summary>
/// <param name="At">UTC, to the microsecond, as the database stores it.</param>
public sealed record PageEnd(DateTimeOffset At, int Number, string Id)
{
    private static readonly long s_microsecondsMax = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks
        / TimeSpan.TicksPerMicrosecond;

    /// <returns>False: it is not what a page gave as next.</returns>
    /// <param name="text">Null: the first page is asked for.</param>
    public static bool Read(string? text, out PageEnd? end)
    {
        end = null;
        if (text is null) return true;
        var parts = text.Split('.', 3);
        if (parts.Length != 3 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds > s_microsecondsMax
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        end = new PageEnd(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), number, parts[2]);
        return true;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}.{Number}.{Id}");
}
