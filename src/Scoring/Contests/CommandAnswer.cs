using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// Turns a stored answer and the command it answers into the message. The first time and every later time go through here, so
/// that the message is the same to the byte.
/// </summary>
public static class CommandAnswer
{
    public const string Published = "published";
    public const string Accepted = "accepted";
    public const string Reserved = "reserved";
    public const string Changed = "changed";
    public const string Withdrawn = "withdrawn";
    public const string Cancelled = "cancelled";
    public const string RecallRequested = "recall-requested";
    public const string Refused = "refused";
    public const string ProofSubmitted = "proof-submitted";
    public const string VoteCast = "vote-cast";
    public const string ProofDecided = "proof-decided";

    /// <param name="definition">Of the contest the answer is about; a reserved entry's answer says what is to be paid until
    /// when.</param>
    public static IMessage ToMessage(
        IContestCommand command, CommandRow answer, ContestDefinitionV1? definition) => (answer.Outcome, command) switch
    {
        (Published, CreateContestV1 c) =>
            new ContestPublishedV1(c.CommandId, c.ContestId, c.Definition, CanonicalHash.Of(c.Definition), answer.At),
        (Accepted, SubmitEntryV1 c) => new EntryAcceptedV1(
            c.CommandId, c.ContestId, c.EntryId, c.PlayerId,
            answer.AthleteIds is { } members ? CommandProcessor.Split(members) : c.AthleteIds, answer.Number,
            answer.At),
        (Reserved, SubmitEntryV1 c) => new EntryPaymentRequiredV1(
            c.CommandId, c.ContestId, c.EntryId, c.PlayerId, checked((int)answer.Number), definition!.EntryFeeMinor,
            definition.Currency, definition.LockAt, answer.At,
            definition.Verified?.Funding == StakeFunding.Wallet ? StakeFunding.Wallet : null),
        (Changed, SwapAthleteV1 c) => new EntryChangedV1(
            c.CommandId, c.ContestId, c.EntryId, checked((int)answer.Number), CommandProcessor.Split(answer.AthleteIds!),
            answer.At),
        (Withdrawn, WithdrawEntryV1 c) =>
            new EntryWithdrawnV1(c.CommandId, c.ContestId, c.EntryId, c.PlayerId, answer.At, Reserved: answer.Number == 1),
        (Cancelled, CancelContestV1 c) => new ContestCancelledV1(c.ContestId, c.CommandId, c.Reason, c.IssuedBy, answer.At),
        (Cancelled, CancelChallengeV1 c) => new ContestCancelledV1(c.ContestId, c.CommandId, c.Reason, c.CreatorId, answer.At),
        (RecallRequested, CancelContestV1 c) => Recall(c, RecallPurposes.Cancel, c.Reason, c.IssuedBy, answer),
        (RecallRequested, RetrySettlementV1 c) => Recall(c, RecallPurposes.Retry, c.Reason, c.IssuedBy, answer),
        (ProofSubmitted, SubmitProofV1 c) => new ProofSubmittedV1(
            c.CommandId, c.ContestId, c.EntryId, c.PlayerId, c.ProofNo, checked((int)answer.Number), c.Text, c.Files, answer.At),
        (VoteCast, VoteV1 c) => new VoteCastV1(
            c.CommandId, c.ContestId, c.EntryId, c.ProofNo, c.VoterId, checked((int)answer.Number), c.Approve, c.Note, answer.At),
        (ProofDecided, DecideProofV1 c) => new ProofDecidedV1(
            c.ContestId, c.EntryId, c.ProofNo, checked((int)answer.Number), c.Outcome, ProofDeciders.Referee, null, null,
            c.IssuedBy, c.Reason, answer.At),
        (Refused, _) => new CommandRejectedV1(
            command.CommandId, command.ContestId, TypeOf(command), answer.ReasonCode!, answer.Message!, answer.Field,
            answer.BodyHash, answer.At),
        _ =>
            throw new Plumbing.InvariantException(
                $"command {command.CommandId}: {answer.Outcome} is no answer to {TypeOf(command)}"),
    };

    /// <summary>
    /// Another body under an id that is taken. Its time is that of the first answer: the same every time it is sent.
    /// </summary>
    public static CommandRejectedV1 Reused(IContestCommand command, CommandRow first, string bodyHash) => new(
        command.CommandId, command.ContestId, TypeOf(command), Reasons.CommandIdReused,
        "this command id was used before for another command; use a new one", "commandId", bodyHash, first.At);

    private static RecallRequestedV1 Recall(
        IContestCommand command, string purpose, string reason, string by, CommandRow answer) =>
        new(command.ContestId, command.CommandId, purpose, checked((int)answer.Number), answer.Attempt!.Value, reason, by,
            answer.At);

    private static string TypeOf(IContestCommand command) => WireTypes.Of(command.GetType()).Name;
}
