namespace ContestPipeline.Contracts;

/// <summary>A command to the contests. Same command id and body: the same answer again; same id, other body: rejected.</summary>
public interface IContestCommand : IMessage
{
    string CommandId { get; }
    string ContestId { get; }
}

/// <summary>Publishes a contest. Answer: <see cref="ContestPublishedV1"/> or <see cref="CommandRejectedV1"/>.</summary>
/// <remarks>Key of every command: contest id. Consumer: Scoring.</remarks>
[Wire("contest.create.v1", Topics.ContestOperations, FormerTopic = Topics.ContestCommands)]
public sealed record CreateContestV1(string CommandId, string ContestId, ContestDefinitionV1 Definition, string IssuedBy)
    : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// Enters a line-up. Answer: <see cref="EntryAcceptedV1"/>, <see cref="EntryPaymentRequiredV1"/> where there is a fee, or
/// <see cref="CommandRejectedV1"/>.
/// </summary>
/// <remarks>
/// Like a swap or a withdrawal it waits some minutes, in its turn and unanswered, for a contest that is not published yet.
/// </remarks>
/// <param name="EntryId">Chosen by the caller, unique within the contest.</param>
/// <param name="AthleteIds">One athlete per roster slot, in slot order; empty for an entry without athletes where the contest
/// allows it.</param>
[Wire("contest.submit-entry.v1", Topics.ContestCommands)]
public sealed record SubmitEntryV1(
    string CommandId, string ContestId, string EntryId, string PlayerId, IReadOnlyList<string> AthleteIds) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>Replaces the athlete of one slot. Answer: <see cref="EntryChangedV1"/> or <see cref="CommandRejectedV1"/>.</summary>
/// <param name="SlotIndex">0-based index into the roster's slots.</param>
[Wire("contest.swap-athlete.v1", Topics.ContestCommands)]
public sealed record SwapAthleteV1(
    string CommandId, string ContestId, string EntryId, string PlayerId, int SlotIndex, string AthleteId) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>Takes an entry back, until lock. Answer: <see cref="EntryWithdrawnV1"/> or <see cref="CommandRejectedV1"/>.</summary>
[Wire("contest.withdraw-entry.v1", Topics.ContestCommands)]
public sealed record WithdrawEntryV1(string CommandId, string ContestId, string EntryId, string PlayerId) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// Cancels a contest that is not settled. Answer: <see cref="ContestCancelledV1"/> or <see cref="CommandRejectedV1"/>; once the
/// final ranking is published <see cref="RecallRequestedV1"/>, and one of the two when Settlement has answered.
/// </summary>
[Wire("contest.cancel.v1", Topics.ContestOperations, FormerTopic = Topics.ContestCommands)]
public sealed record CancelContestV1(string CommandId, string ContestId, string Reason, string IssuedBy) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}

/// <summary>
/// Has the final ranking of a contest made anew that was handed to Settlement and is not settled. Answer:
/// <see cref="RecallRequestedV1"/>, and once Settlement has answered a new
/// <see cref="ContestFinalizedV1"/>, or <see cref="CommandRejectedV1"/>.
/// </summary>
[Wire("contest.retry-settlement.v1", Topics.ContestOperations, FormerTopic = Topics.ContestCommands)]
public sealed record RetrySettlementV1(string CommandId, string ContestId, string Reason, string IssuedBy) : IContestCommand
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => ContestId;
}
