using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Balance;

/// <summary>What people are told of the platform's balance.</summary>
public static class BalanceAlerts
{
    public static Alert Status(string key, BalanceReport report, string cause) => new Alert(
        key, BalanceStatus.Severity(report.Status) > 1 ? AlertSeverity.Critical : AlertSeverity.Warning,
        $"platform-balance-{report.Status}",
        report.Figures.Currency, cause, report.RecommendedAction);

    public static Alert Falling(string falling, BalanceReport report, string cause) => new Alert(
        falling, AlertSeverity.Warning, "platform-balance-falling", report.Figures.Currency,
        $"{cause}; changes by {report.ChangeMinorPerDay} a day, enough for {report.DaysOfCoverage} days",
        report.RecommendedAction);
}
