using ContestPipeline.Payout.Options;

namespace ContestPipeline.Payout.Balance;

/// <summary>How the platform's balance stands.</summary>
public static class BalanceStatus
{
    public const string Depleted = "depleted";
    public const string Critical = "critical";
    public const string Warning = "warning";
    public const string Healthy = "healthy";

    /// <summary>0 is well, 3 is worst.</summary>
    public static int Severity(string status) => status switch
    {
        Healthy => 0,
        Warning => 1,
        Critical => 2,
        _ => 3,
    };
}

/// <summary>One currency of the platform's balance at one moment.</summary>
/// <param name="ObligationsMinor">Owed and not yet transferred, from the ledger.</param>
public sealed record BalanceFigures(string Currency, long AvailableMinor, long PendingMinor, long ObligationsMinor);

/// <summary>An earlier moment.</summary>
public sealed record BalancePoint(DateTimeOffset At, long AvailableMinor);

/// <summary>What the figures come to.</summary>
/// <param name="Direction"><c>increasing</c>, <c>stable</c>, <c>decreasing</c>; <c>unknown</c> with less than a day of
/// history.</param>
/// <param name="ChangeMinorPerDay">On average over the last seven days; null when unknown.</param>
/// <param name="DaysOfCoverage">Until nothing is left if it goes on like this; null when it does not decline.</param>
/// <param name="ShortMinor">What is missing to be healthy.</param>
public sealed record BalanceReport(
    BalanceFigures Figures, long ReserveMinor, string Status, string Direction, long? ChangeMinorPerDay, long? DaysOfCoverage,
    long ShortMinor, string RecommendedAction);

/// <summary>
/// Judges the platform's balance by fixed thresholds. What is neither critical nor healthy is a warning: the judgement is never
/// kinder than the rules.
/// </summary>
public static class ClassifyBalance
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_week = TimeSpan.FromDays(7);

    /// <param name="history">Earlier moments in any order; those of more than seven days ago are left out.</param>
    public static BalanceReport Decide(
        BalanceFigures figures, IReadOnlyList<BalancePoint> history, BalanceThresholds thresholds, DateTimeOffset now)
    {
        var reserveMinor = (figures.ObligationsMinor * thresholds.ReservePercent + 99) / 100;
        var status = Status(figures.AvailableMinor, reserveMinor, thresholds);
        var shortMinor = Math.Max(0, Math.Max(thresholds.HealthyMinor, reserveMinor) - figures.AvailableMinor);
        var change = ChangePerDay(figures.AvailableMinor, history, now);
        var direction = change is null ? "unknown"
            : change > thresholds.TrendMinorPerDay ? "increasing"
            : change < -thresholds.TrendMinorPerDay ? "decreasing"
            : "stable";
        long? coverage = figures.AvailableMinor <= 0 ? 0 : change < 0 ? figures.AvailableMinor / -change.Value : null;
        return new BalanceReport(figures, reserveMinor, status, direction, change, coverage, shortMinor,
            Action(status, direction, shortMinor, figures.Currency));
    }

    private static string Status(long availableMinor, long reserveMinor, BalanceThresholds thresholds)
    {
        if (availableMinor <= 0) return BalanceStatus.Depleted;
        if (availableMinor < thresholds.CriticalMinor || (Int128)availableMinor * 100 < (Int128)reserveMinor * 50)
            return BalanceStatus.Critical;
        if (availableMinor < thresholds.WarningMinor || (Int128)availableMinor * 100 < (Int128)reserveMinor * 80)
            return BalanceStatus.Warning;
        return availableMinor >= thresholds.HealthyMinor && availableMinor >= reserveMinor
            ? BalanceStatus.Healthy : BalanceStatus.Warning;
    }

    private static long? ChangePerDay(long availableMinor, IReadOnlyList<BalancePoint> history, DateTimeOffset now)
    {
        var oldest = history.Where(p => p.At >= now - s_week).MinBy(p => p.At);
        if (oldest is null || now - oldest.At < s_day) return null;
        return (long)Math.Round((decimal)(availableMinor - oldest.AvailableMinor) * s_day.Ticks / (now - oldest.At).Ticks,
            MidpointRounding.AwayFromZero);
    }

    private static string Action(string status, string direction, long shortMinor, string currency) => status switch
    {
        BalanceStatus.Depleted =>
            $"add {shortMinor} minor units of {currency} to the platform's Stripe balance at once: payouts wait and resume alone",
        BalanceStatus.Critical =>
            $"add {shortMinor} minor units of {currency} to the platform's Stripe balance within 24 hours; look for unusual "
                + $"refunds and disputes",
        BalanceStatus.Warning when shortMinor > 0 =>
            $"plan to add {shortMinor} minor units of {currency} to the platform's Stripe balance within 48 hours",
        _ => direction == "decreasing" ? "watch the balance: it is falling" : "nothing to do",
    };
}
