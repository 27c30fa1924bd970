using ContestPipeline.Contestctl.Checks;
using ContestPipeline.Payout;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Run;

namespace ContestPipeline.Contestctl;

// What commands answer with --json where no other type says it; docs/contestctl.schema.json is made of these.

/// <summary>The doctor's findings; healthy when no check failed.</summary>
internal sealed record DoctorAnswer(bool Healthy, IReadOnlyList<Finding> Findings);

/// <summary>The files that were applied.</summary>
internal sealed record MigrateAnswer(IReadOnlyList<string> Applied);

/// <summary>Topics that were made, and where the others differ from their declaration.</summary>
internal sealed record ProvisionAnswer(IReadOnlyList<string> Made, IReadOnlyList<string> Differences);

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

/// <summary>What was published.</summary>
internal sealed record PlayAnswer(int Messages, long Milliseconds);

/// <param name="Answer">contest.published.v1 or command.rejected.v1; absent when none came in time.</param>
internal sealed record ContestCreateAnswer(string Contest, string CommandId, object? Answer);

/// <summary>What was found and done about the webhook endpoints.</summary>
internal sealed record WebhooksAnswer(IReadOnlyList<Webhooks.SetupWebhooksCommand.Result> Endpoints);

/// <summary>The payouts that were asked for.</summary>
internal sealed record PayoutsAnswer(IReadOnlyList<PayoutRow> Payouts);

/// <summary>One payout, its states, its attempts.</summary>
internal sealed record PayoutAnswer(PayoutRow Payout, IReadOnlyList<PayoutChangeRow> History, IReadOnlyList<AttemptRow> Attempts);

/// <summary>A key that is parked, with its first message's place.</summary>
internal sealed record ParkedKeyAnswer(
    string Worker, string Topic, string Key, int Partition, long HeadOffset, DateTimeOffset ParkedAt, DateTimeOffset FirstSeen, long QueuedBehind, bool RetryRequested, string Error);

/// <summary>Every key that is parked.</summary>
internal sealed record ParkedListAnswer(IReadOnlyList<ParkedKeyAnswer> Keys);

/// <param name="BodyBase64">Only of a body that is no text.</param>
internal sealed record ParkedMessageAnswer(
    string Topic, int Partition, long Offset, string Key, DateTimeOffset FirstSeen, string? Error, IReadOnlyDictionary<string, string> Headers, string Body, string? BodyBase64);

/// <summary>What waits under one key, in order.</summary>
internal sealed record ParkedShowAnswer(string Worker, string Topic, string Key, IReadOnlyList<ParkedMessageAnswer> Messages);

/// <summary>The key will be tried again.</summary>
internal sealed record ParkedRetryAnswer(string Worker, string Topic, string Key, bool RetryRequested);

/// <summary>What was discarded, and how many are left of the key.</summary>
internal sealed record ParkedDiscardAnswer(string Worker, string Topic, string Key, int Partition, long Offset, long Left);

/// <summary>A message that was given up.</summary>
internal sealed record DiscardedMessageAnswer(
    string Worker, long DiscardNo, string Topic, int Partition, long Offset, string Key, DateTimeOffset FirstSeen, string Error, DateTimeOffset DiscardedAt,
    string DiscardedBy, string Reason, IReadOnlyDictionary<string, string> Headers, string Body, string? BodyBase64);

/// <summary>Every message that was given up, the latest first.</summary>
internal sealed record DiscardedAnswer(IReadOnlyList<DiscardedMessageAnswer> Messages);

/// <param name="Hash">Of the plan as it was written.</param>
/// <param name="File">Where it was written; absent for a plan that cannot be run.</param>
internal sealed record PlanAnswer(string Hash, string? File, ReplayPlan Plan);

/// <param name="Refused">Why nothing was produced; absent when something was.</param>
/// <param name="Differences">What did not come as planned.</param>
internal sealed record ReplayRunAnswer(ReplayRun? Run, IReadOnlyList<string>? Differences, IReadOnlyList<string>? Refused);

/// <summary>Every run there was, or the one that was asked for.</summary>
internal sealed record ReplayStatusAnswer(IReadOnlyList<ReplayRun> Runs);

/// <summary>Whether the run waits now.</summary>
internal sealed record ReplayPauseAnswer(string Run, bool Paused);

/// <summary>The balance of every account.</summary>
internal sealed record BalancesAnswer(IReadOnlyList<AccountBalance> Accounts);

/// <summary>A bearer token and what it says.</summary>
internal sealed record TokenAnswer(string Token, string Subject, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt);
