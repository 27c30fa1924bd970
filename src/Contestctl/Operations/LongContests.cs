using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Operations;

/// <summary>
/// A contest that lasts longer than the topics keep its events: a lost Settlement database is not rebuilt from them alone.
/// </summary>
internal static class LongContests
{
    /// <param name="now">When it is published, UTC.</param>
    /// <returns>What its operator has to see to; null: nothing.</returns>
    public static string? Note(ContestDefinitionV1 definition, DateTimeOffset now)
    {
        var end = definition.Verified?.VerificationEndsAt ?? definition.ScoringEndsAt
            ?? definition.GameStarts?.Values.DefaultIfEmpty(definition.LockAt).Max() ?? definition.LockAt;
        var days = Topics.Find(Topics.ContestEvents).RetentionDays;
        return end.AddSeconds(definition.CorrectionWindowSeconds) - now <= TimeSpan.FromDays(days) ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"it lasts until {end:u} at least, and {Topics.ContestEvents} keeps {days} days: while it runs, Settlement's "
                    + $"database needs a back-up that is never older than that (docs/runbooks/database-failover.md)");
    }
}
