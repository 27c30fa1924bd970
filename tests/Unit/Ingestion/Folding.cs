using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>Folds a stream of messages of one game, as the worker does.</summary>
public static class Folding
{
    public static GameFold All(IEnumerable<IMessage> messages)
    {
        GameFold? game = null;
        foreach (var message in messages)
        {
            game ??= new GameFold(message.PartitionKey);
            switch (message)
            {
                case FeedPlayV1 play:
                    FoldPlays.Apply(game, play);
                    TrackSequence.Apply(game, play);
                    break;
                case FeedBoxV1 box: TrackSequence.Apply(game, box); break;
                case FeedStatusV1 status: TrackSequence.Apply(game, status); break;
                case FeedHeartbeatV1 beat: TrackSequence.Apply(game, beat); break;
                case FeedSnapshotCompleteV1 complete: TrackSequence.Apply(game, complete); break;
            }
        }

        return game!;
    }

    public static long Sequence(IMessage message) => message switch
    {
        FeedPlayV1 play => play.Sequence,
        FeedBoxV1 box => box.Sequence,
        FeedStatusV1 status => status.Sequence,
        _ => 0,
    };
}
