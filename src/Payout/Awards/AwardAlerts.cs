using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>What people are told of results that are not posted.</summary>
public static class AwardAlerts
{
    public static Alert Differ(string contestId, int revision, string reason) => new Alert(
        DifferKey(contestId, revision), AlertSeverity.Critical, "awards-differ", contestId, reason,
        "compare the award chunks with the settlement and its entry fees with the charges at Stripe; nothing of "
            + "this contest is paid, and it goes on by itself once they agree");

    public static Alert Unfounded(ReceivedContest contest, string reason) => new Alert(
        UnfoundedResultsJob.AlertKey(contest.ContestId, contest.Revision), AlertSeverity.Critical,
        "result-unfounded", contest.ContestId,
        $"a result of revision {contest.Revision} came, {contest.NetReceivedMinor} {contest.Currency} minor units for "
            + $"{contest.PlayersReceived} players; {reason}",
        $"Find out who wrote the result, or the cancellation: contestctl contest show {contest.ContestId}, and the ACLs of "
            + $"contests.results.v1 and contest.events.v1. What has not been sent is not paid; "
            + "a payout that had been made is held, and a reviewer releases or rejects it.");

    public static Alert Unfounded(UnfoundedResult result, string currency, long prizesGrossMinor, string missing) => new Alert(
        UnfoundedResultsJob.AlertKey(result.ContestId, result.Revision), AlertSeverity.Critical,
        "result-unfounded", result.ContestId,
        $"a result of revision {result.Revision} came {UnfoundedResultsJob.Patience.TotalMinutes:0} minutes ago, "
            + $"{prizesGrossMinor} "
            + $"{currency} minor units in prizes; expected {missing} from Scoring, nothing came",
        $"Find out who wrote the result: look up the contest with contestctl contest show {result.ContestId} and compare "
            + $"with the ACLs of contests.results.v1. Nothing of it is paid; it goes on by itself once Scoring's message "
            + $"comes.");

    /// <summary>Of the alert that what came does not agree.</summary>
    public static string DifferKey(string contestId, int revision) => $"awards-differ/{contestId}/{revision}";
}
