using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>challenge.publish.v1 in: judged and answered as <c>contest.create.v1</c> of the creator.</summary>
public sealed class PublishChallengeHandler(CommandHandler commands) : IHandler<PublishChallengeV1>
{
    public Task Handle(Received<PublishChallengeV1> received, Tx tx)
    {
        var told = received.Message;
        Invariant.Holds(told.IsOfCreator(), $"contest {told.ContestId} is no challenge of {told.CreatorId}, who publishes it");
        var create = new CreateContestV1(told.CommandId, told.ContestId, told.Definition, told.CreatorId);
        return commands.Handle([new Received<IMessage>(create, received.Envelope)], tx);
    }
}
