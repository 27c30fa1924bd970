using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>How figures are written on pages: money in its currency, times in UTC, ages in one unit.</summary>
public static class Written
{
    /// <summary><c>1,234.50 USD</c>.</summary>
    public static string Money(long amountMinor, string currency) =>
        $"{Currencies.Written(amountMinor, currency)} {currency.ToUpperInvariant()}";

    /// <summary><c>99.98 %</c>, rounded down: what is not whole never reads so.</summary>
    /// <param name="share">From 0 to 1.</param>
    public static string Share(decimal share) =>
        (Math.Floor(share * 10_000) / 100).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>For the attribute of a time element.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <returns><c>12 s</c>, <c>7 min</c>, <c>5 h</c>, <c>3 d</c>; <c>0 s</c> of what is yet to come.</returns>
    public static string Age(DateTimeOffset since, DateTimeOffset now)
    {
        var age = now - since;
        return age switch
        {
            { TotalSeconds: < 1 } => "0 s",
            { TotalSeconds: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalSeconds} s"),
            { TotalMinutes: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalMinutes} min"),
            { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalHours} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalDays} d"),
        };
    }

    /// <summary><c>awaiting_funds</c> as people say it.</summary>
    public static string State(string state) => state.Replace('_', ' ').Replace('-', ' ').ToLowerInvariant();

    /// <summary>What a state means for whoever looks: good, bad, waiting or nothing to say.</summary>
    public static string Tone(string state) => state switch
    {
        "paid" or "PAID" or "SETTLED" or "healthy" or "complete" or "settled" or "done"
            or "passed" => "good",
        "failed" or "rejected" or "critical" or "depleted" or "CANCELLED" or "reversed" or "mismatch"
            or "unplannable" or "differs" or "refused" => "bad",
        "held" or "awaiting_account" or "awaiting_funds" or "warning" or "waiting" or "receiving"
            or "awaits-approver" or "paused" or "stopping" => "wait",
        _ => "plain",
    };

    /// <summary>An id as a part of an address.</summary>
    public static string Part(string id) => Uri.EscapeDataString(id);
}
