using ContestPipeline.Contestctl.Checks;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Parking;
using ContestPipeline.Replay.Run;
using ContestPipeline.Replay.Server;

namespace ContestPipeline.Contestctl;

// What commands answer with --json where no other type says it; docs/contestctl.schema.json is made of these.

/// <summary>The doctor's findings; healthy when no check failed.</summary>
internal sealed record DoctorAnswer(bool Healthy, IReadOnlyList<Finding> Findings);

/// <summary>The files that were applied.</summary>
internal sealed record MigrateAnswer(IReadOnlyList<string> Applied);

/// <summary>Topics that were made, and where the others differ from their declaration.</summary>
internal sealed record ProvisionAnswer(IReadOnlyList<string> Made, IReadOnlyList<string> Differences);

/// <summary>Rules that were made, that are still missing, and that go beyond what is declared.</summary>
internal sealed record RightsAnswer(IReadOnlyList<string> Granted, IReadOnlyList<string> Missing, IReadOnlyList<string> Beyond);

/// <summary>One topic as it is declared and as the broker has it.</summary>
internal sealed record TopicRow(string Topic, int Partitions, int AtBroker, string Kept);

/// <summary>All declared topics.</summary>
internal sealed record TopicsAnswer(IReadOnlyList<TopicRow> Topics);

/// <summary>What was converted.</summary>
internal sealed record ConvertAnswer(string Game, DateTimeOffset Kickoff, int Messages, string File);

/// <summary>What is wrong with one feed file.</summary>
internal sealed record FeedFileResult(string File, int Messages, IReadOnlyList<string> Problems);

/// <summary>All files that were checked.</summary>
internal sealed record ValidateAnswer(IReadOnlyList<FeedFileResult> Files);

/// <summary>The report of a conformance run: of every source each rule's verdict.</summary>
/// <param name="RuleSet">Whose stats were known; absent: stats were not judged.</param>
internal sealed record CertifyAnswer(
    bool Certified, DateTimeOffset At, RuleSetRefV1? RuleSet, IReadOnlyList<Feeds.FeedJudgement> Judged);

/// <summary>What was published.</summary>
internal sealed record PlayAnswer(int Messages, long Milliseconds);

/// <param name="Answer">contest.published.v1 or command.rejected.v1; absent when none came in time.</param>
internal sealed record ContestCreateAnswer(string Contest, string CommandId, object? Answer);

/// <param name="Answer">contest.cancelled.v1, contest.recall-answered.v1 or contest.command-rejected.v1;
/// contest.recall-requested.v1 while Settlement is asked; absent when none came in time.</param>
internal sealed record ContestRecallAnswer(string Contest, string CommandId, object? Answer);

/// <summary>What was found and done about the webhook endpoints.</summary>
internal sealed record WebhooksAnswer(IReadOnlyList<Webhooks.SetupWebhooksCommand.Result> Endpoints);

/// <summary>The payouts that were asked for, and what is halted.</summary>
/// <param name="IsWhole">False: --limit left some out.</param>
internal sealed record PayoutsAnswer(IReadOnlyList<PayoutRow> Payouts, IReadOnlyList<HaltRow> Halts, bool IsWhole = true);

/// <summary>One payout, its states, its attempts, and the halts that cover it.</summary>
internal sealed record PayoutAnswer(
    PayoutRow Payout, IReadOnlyList<PayoutChangeRow> History, IReadOnlyList<AttemptRow> Attempts, IReadOnlyList<HaltRow> Halts);

/// <summary>A key that is parked, with its first message's place.</summary>
internal sealed record ParkedKeyAnswer(
    string Worker, string Topic, string Key, int Partition, long HeadOffset, DateTimeOffset ParkedAt, DateTimeOffset FirstSeen,
    long QueuedBehind, bool RetryRequested, string Error);

/// <summary>Every key that is parked.</summary>
internal sealed record ParkedListAnswer(IReadOnlyList<ParkedKeyAnswer> Keys);

/// <param name="BodyBase64">Only of a body that is no text.</param>
internal sealed record ParkedMessageAnswer(
    string Topic, int Partition, long Offset, string Key, DateTimeOffset FirstSeen, string? Error, int Failures,
    string? LastError, IReadOnlyDictionary<string, string> Headers, string Body, string? BodyBase64);

/// <summary>What waits under one key, in order.</summary>
/// <param name="Stakes">What will not happen to money if the first message is discarded; empty: no money hangs on it.</param>
/// <param name="DiscardAsked">Who wants it discarded, which waits for an approver; absent when nobody does.</param>
internal sealed record ParkedShowAnswer(
    string Worker, string Topic, string Key, IReadOnlyList<ParkedMessageAnswer> Messages, IReadOnlyList<Stake> Stakes,
    Plumbing.DiscardAsked? DiscardAsked);

/// <param name="Outcome">done, failed, not-owner (nobody that may work on the partition has taken it up yet) or waiting (no
/// answer yet).</param>
/// <param name="Handled">How many messages are handled by now.</param>
/// <param name="Left">How many of those that were parked still are.</param>
/// <param name="Error">Of the message that is first now, when it failed.</param>
/// <param name="Group">Of many keys: how far that is; then worker, topic and key are what was named, handled and left count
/// keys.</param>
internal sealed record ParkedRetryAnswer(
    string Worker, string Topic, string Key, string Outcome, long Handled, long Left, string? Error,
    ParkedRetryProgress? Group = null);

/// <summary>What was discarded, or waits for an approver, and how many are left of the key.</summary>
/// <param name="Outcome">discarded or awaits-approver.</param>
/// <param name="Left">Absent while it waits.</param>
/// <param name="Stakes">What will not happen to money; empty: no money hangs on it.</param>
internal sealed record ParkedDiscardAnswer(
    string Worker, string Topic, string Key, int Partition, long Offset, string Outcome, long? Left, string By,
    string? ApprovedBy, IReadOnlyList<Stake> Stakes);

/// <summary>A message that was given up.</summary>
internal sealed record DiscardedMessageAnswer(
    string Worker, long DiscardNo, string Topic, int Partition, long Offset, string Key, DateTimeOffset FirstSeen, string Error,
    DateTimeOffset DiscardedAt, string DiscardedBy, string? ApprovedBy, string Reason,
    IReadOnlyDictionary<string, string> Headers, string Body, string? BodyBase64);

/// <summary>Every message that was given up, the latest first.</summary>
internal sealed record DiscardedAnswer(IReadOnlyList<DiscardedMessageAnswer> Messages);

/// <param name="Hash">Of the plan as it was written.</param>
/// <param name="File">Where it was written.</param>
/// <param name="Replay">As the console keeps it; absent when this process made the plan.</param>
internal sealed record PlanAnswer(string Hash, string File, ReplayPlan Plan, ServerReplay? Replay = null);

/// <param name="Refused">Why nothing was produced; absent when something was.</param>
/// <param name="Differences">What did not come as planned.</param>
/// <param name="Replay">As the console carries it out; absent when this process does.</param>
internal sealed record ReplayRunAnswer(
    ReplayRun? Run, IReadOnlyList<string>? Differences, IReadOnlyList<string>? Refused, ServerReplay? Replay = null);

/// <summary>A correction that was made and not published.</summary>
/// <param name="Messages">The types of its messages, in order.</param>
internal sealed record CorrectAnswer(string File, string GameId, string EventId, int Revision, IReadOnlyList<string> Messages);

/// <summary>What the messages were shown to change, and what came of them.</summary>
/// <param name="Run">Null when nothing was published.</param>
/// <param name="Differences">From what was shown; empty: it came to that.</param>
/// <param name="Refused">Why nothing was published.</param>
internal sealed record PublishAnswer(
    ReplayPlan Plan, ReplayRun? Run, IReadOnlyList<string>? Differences, IReadOnlyList<string>? Refused);

/// <summary>Every run there was, or the one that was asked for.</summary>
/// <param name="Abandoned">Runs that are not over and that no process works on.</param>
/// <param name="Replays">Of the console, where it was asked; then there are no runs.</param>
internal sealed record ReplayStatusAnswer(
    IReadOnlyList<ReplayRun> Runs, IReadOnlyList<string>? Abandoned = null, IReadOnlyList<ServerReplay>? Replays = null);

/// <summary>Whether the run waits now.</summary>
internal sealed record ReplayPauseAnswer(string Run, bool Paused);

/// <summary>Whether the run is over.</summary>
/// <param name="State">stopped, or stopping while its process ends it.</param>
internal sealed record ReplayCancelAnswer(string Run, string State);

/// <summary>The balance of every account.</summary>
internal sealed record BalancesAnswer(IReadOnlyList<AccountBalance> Accounts);

/// <param name="File">Where they were written.</param>
internal sealed record ExportAnswer(string File, long Messages);

/// <summary>A sign-in, without its token.</summary>
internal sealed record LoginAnswer(string Profile, string Console, string Environment, DateTimeOffset ExpiresAt);

/// <summary>Where one is signed in.</summary>
/// <param name="Current">The profile that commands use; absent: none.</param>
internal sealed record ContextAnswer(string? Current, IReadOnlyList<LoginAnswer> Profiles);

/// <summary>Who the console takes one for.</summary>
internal sealed record WhoamiAnswer(string Subject, IReadOnlyList<string> Roles, string Environment);

/// <summary>A bearer token and what it says.</summary>
internal sealed record TokenAnswer(string Token, string Subject, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"{nameof(TokenAnswer)} {{ Subject = {Subject}, ExpiresAt = {ExpiresAt:u} }}";
}
