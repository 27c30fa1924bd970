using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Monitoring;

/// <summary>What people are told of what waits for too long.</summary>
public static class WaitAlerts
{
    public static Alert Overdue(WaitRule rule, Overdue overdue) => new Alert(
        rule.Key(overdue.Subject), rule.Severity, rule.Kind, overdue.Subject,
        $"Since {overdue.Since:u}, longer than {WaitingJob.InWords(rule.Patience)}, {overdue.Subject} waits for "
            + $"{overdue.Missing} ({overdue.Count} in all).", rule.Action);
}
