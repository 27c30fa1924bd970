using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>Everything that Settlement tells people.</summary>
public static class SettlementAlerts
{
    public static Alert SettledThenCancelled(ContestCancelledV1 cancelled) => new Alert(
        $"settled-then-cancelled/{cancelled.ContestId}", AlertSeverity.Critical, "settled-then-cancelled", cancelled.ContestId,
        $"The contest was settled before its cancellation ({cancelled.Reason}) arrived; its awards have been announced.",
        "Hold the contest's payouts and decide which of the two stands.");

    public static Alert RuleSetReplaced(RulesPublishedV1 published) => new Alert(
        $"rule-set-replaced/{published.RecordKey}", AlertSeverity.Critical, "rule-set-replaced", published.RecordKey,
        $"Rule set {published.RuleSet.Name} version {published.RuleSet.Version} came with hash {published.Hash}; another one is "
            + "kept here under that version, and stays. Contests that name the new hash are not settled.",
        "Scoring's database went back and another set was published since: publish it as a further version, and cancel contests "
            + "that name the second.");

    public static Alert LineVersionReused(LineRow known) => new Alert(
        $"line-version-reused/{known.GameId}/{known.AthleteId}/{known.Version}", AlertSeverity.Critical, "line-version-reused",
        known.GameId,
        $"Version {known.Version} of the line of athlete {known.AthleteId} in game {known.GameId} came with other "
            + $"statistics than before; the first is kept. Ingestion's database went back and read its input again.",
        "Raise the versions of Ingestion's lines as docs/runbooks/database-failover.md says, and look at what was "
            + "settled from the game.");

    public static Alert Revised(WaitingCompletion completion, Correction correction)
    {
        var (more, less) = (correction.Result.Totals, SettleContest.Totals(correction.Reductions, houseRemainderMinor: 0));
        return new Alert(
            $"revised/{completion.ContestId}/{completion.Revision}", AlertSeverity.Warning, "revised", completion.ContestId,
            $"Revision {completion.Revision} follows a late correction: {correction.Result.Awards.Winners.Length} entries are "
                + $"awarded {more.GrossMinor} more, " +
            $"{correction.Reductions.Winners.Length} entries {less.GrossMinor} less ({correction.Result.Currency} minor units, "
                + $"before fees).",
            "Nothing; limits and approval hold for the further payouts as for any.");
    }

    /// <summary>Once a day. With the run that only takes the contest: what the other one sends is never committed.</summary>
    public static Alert Failing(WaitingCompletion completion, DateTimeOffset now) => new Alert(
        $"settlement-failing/{completion.ContestId}/{completion.Revision}/{now:yyyyMMdd}", AlertSeverity.Critical,
        "settlement-failing",
        completion.ContestId,
        $"Revision {completion.Revision} was begun {SettleJob.AttemptsMax} times and more and never came to its end; it was "
            + $"due at "
            + $"{completion.ReceivedAt:u}.",
        "It is tried again by itself; the log of Settlement names the cause, such as a statement that takes too long or a lock "
            + "that is not given back.");

    public static Alert Mismatch(WaitingCompletion completion, string difference) => new Alert(
        $"settlement-mismatch/{completion.ContestId}/{completion.Revision}", AlertSeverity.Critical, "settlement-mismatch",
        completion.ContestId, difference,
        "Nobody is paid for this contest. Find out which of the two computed from other lines, entries or rules, and mend "
            + "that one's copy; it is computed anew every ten minutes. Where the ranking is wrong, contestctl contest "
            + "retry has it made anew; contestctl contest cancel gives the fees back.");

    public static Alert Waiting(WaitingCompletion completion, string missing) => new Alert(
        $"settlement-waiting/{completion.ContestId}/{completion.Revision}", AlertSeverity.Warning, "settlement-waiting",
        completion.ContestId, $"Settlement's copy is not what the completion names; missing: {missing}.",
        "See whether Settlement lags behind or has parked messages of this contest or its games; it goes on by itself once "
            + "they are there.");
}
