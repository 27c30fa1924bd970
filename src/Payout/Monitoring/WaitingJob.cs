using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Monitoring;

/// <summary>Tells what waits too long, what is missing and since when, and ends that alert when it has come.</summary>
public sealed class WaitingJob : IJob
{
    /// <summary>Alerts a rule may have open: who has so many looks at the whole of it.</summary>
    public const int AlertsMax = 50;

    public async Task<bool> Run(Tx tx)
    {
        var open = (await tx.AlertsOpenUnder([.. WaitRules.All.Select(r => r.Key(""))])).ToHashSet(StringComparer.Ordinal);
        var found = await tx.FindOverdue();
        foreach (var rule in WaitRules.All)
        {
            foreach (var overdue in found[rule].DistinctBy(o => o.Subject).Take(AlertsMax))
                tx.Alert(WaitAlerts.Overdue(rule, overdue));
            open.ExceptWith(found[rule].Select(o => rule.Key(o.Subject)));
        }

        foreach (var key in open.Order(StringComparer.Ordinal)) tx.ResolveAlert(key, "What was waited for has come.");
        return false;
    }

    internal static string InWords(TimeSpan patience) =>
        patience < TimeSpan.FromHours(2) ? $"{patience.TotalMinutes:0} minutes" : $"{patience.TotalHours:0} hours";
}
