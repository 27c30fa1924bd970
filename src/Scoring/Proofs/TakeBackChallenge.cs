using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>Judges a creator who takes a challenge back. Pure.</summary>
public static class TakeBackChallenge
{
    /// <param name="now">When it is handled: a challenge that has begun stays, whatever its creator's clock says.</param>
    public static CommandDecision Decide(CommandView view, CancelChallengeV1 cancel, DateTimeOffset now)
    {
        if (view.Rules is null) return Refuse(Reasons.ContestUnknown, "no contest of this id is published", "contestId");
        if (view.Rules.Definition.Verified is not { } terms)
            return Refuse(Reasons.NotAChallenge, "only challenges are taken back by their creators", "contestId");
        if (DecideCommand.Wording(cancel.Reason, cancel.CreatorId) is { } words) return words;
        if (terms.CreatorId is null || terms.CreatorId != cancel.CreatorId)
            return Refuse(Reasons.NotTheCreator, "only its creator takes a challenge back", "creatorId");
        if (view.State == ContestStates.Cancelled) return Refuse(Reasons.ContestOver, "the challenge is cancelled");
        return view.State is ContestStates.Scheduled or ContestStates.Locked && now < terms.StartsAt
            ? new CommandDecision.Cancel(cancel.Reason, cancel.CreatorId)
            : Refuse(Reasons.ChallengeBegun, $"a challenge is taken back until it begins, at {terms.StartsAt:u}");
    }

    private static CommandDecision.Refuse Refuse(string reasonCode, string message, string? field = null) =>
        new(new Refusal(reasonCode, message, field));
}
