using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Feed messages in; changed lines and game states out. A batch is folded game by game, and each line is told once with its last
/// value.
/// </summary>
public sealed class FeedHandler(GameCache memory) : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var accepted = Accept(batch, tx);
        if (accepted.Count == 0) return;

        var games = await Games(tx, [.. accepted.Keys.Order(StringComparer.Ordinal)]);
        var lines = new List<StatLineV1>();
        foreach (var game in games)
        {
            var messages = accepted[game.GameId];
            var isWhole = false;
            foreach (var received in messages) isWhole |= Apply(game, received, tx) && received.Message is FeedSnapshotCompleteV1;
            TellStart.Settle(game);
            EndSilence(game, tx);
            lines.AddRange(PublishGame.Changes(game, tx, messages[^1].Envelope));
            if (isWhole && NextRecovery.End(game) is [_, ..] missing)
                tx.Alert(FeedAlerts.RecoveryIncomplete(game, missing));
        }

        await GameStore.Save(tx, games, lines, tx.Now);
        tx.AfterCommit(() => memory.Put(games));
    }

    private static Dictionary<string, List<Received<IMessage>>> Accept(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var accepted = new Dictionary<string, List<Received<IMessage>>>(StringComparer.Ordinal);
        foreach (var received in batch)
        {
            var problem = ValidateFeed.Check(received.Message) ?? CheckKey(received);
            if (problem is not null)
            {
                tx.Reject(received.Envelope, problem.Reason, problem.Field, problem.Expected, problem.Got);
                continue;
            }

            var gameId = received.Message.PartitionKey;
            if (!accepted.TryGetValue(gameId, out var messages)) accepted[gameId] = messages = [];
            messages.Add(received);
        }

        return accepted;
    }

    /// <summary>
    /// Under another key the messages of a game would lie in several partitions, and their order would be nobody's.
    /// </summary>
    private static FeedProblem? CheckKey(Received<IMessage> received) => received.Envelope.Key == received.Message.PartitionKey
        ? null
        : new FeedProblem("key-mismatch", "key", received.Message.PartitionKey, received.Envelope.Key);

    private async Task<IReadOnlyList<GameFold>> Games(Tx tx, IReadOnlyList<string> gameIds)
    {
        var games = new List<GameFold>(gameIds.Count);
        var unknown = new List<GameRow>();
        foreach (var row in await tx.LockGames(gameIds))
        {
            if (memory.TryTake(row.GameId, row.Change, out var game)) games.Add(game);
            else unknown.Add(row);
        }

        games.AddRange(await GameStore.Load(tx, unknown));
        Invariant.Holds(games.Count == gameIds.Count, $"locked {games.Count} of {gameIds.Count} games");
        return games;
    }

    private static void EndSilence(GameFold game, Tx tx)
    {
        game.IsSilent = false;
        if (game.SilenceAlert == 0) return;
        tx.ResolveAlert(FeedAlerts.SilentKey(game.GameId, game.SilenceAlert), "Messages come again.");
        game.SilenceAlert = 0;
    }

    /// <returns>False when what it says contradicts what came before: it is refused, and nothing of it counts.</returns>
    private static bool Apply(GameFold game, Received<IMessage> received, Tx tx)
    {
        if (TrackSequence.Contradiction(game, received.Message) is { } taken)
        {
            Contradicted(game, received.Envelope, taken, tx);
            return false;
        }

        TellStart.Hear(game, received.Message, tx.Now);
        switch (received.Message)
        {
            case FeedPlayV1 play when FoldPlays.TooManyAthletes(game, play) is { } too:
                tx.Reject(received.Envelope, too.Reason, too.Field, too.Expected, too.Got);
                break;
            case FeedPlayV1 play:
                if (FoldPlays.Apply(game, play) == FoldOutcome.Contradicted)
                {
                    Contradicted(game, received.Envelope, new FeedProblem("revision-contradicted", "revision",
                        string.Create(CultureInfo.InvariantCulture,
                            $"the content of revision {play.Revision} that came first, or a higher revision"),
                        string.Create(CultureInfo.InvariantCulture,
                            $"event {play.EventId} revision {play.Revision} with other content")), tx);
                }

                TrackSequence.Apply(game, play);
                break;
            case FeedBoxV1 box: TrackSequence.Apply(game, box); break;
            case FeedStatusV1 status: TrackSequence.Apply(game, status); break;
            case FeedHeartbeatV1 beat: TrackSequence.Apply(game, beat); break;
            case FeedSnapshotCompleteV1 complete: TrackSequence.Apply(game, complete); break;
        }

        return true;
    }

    /// <summary>What came first counts; a person finds out whether it is right, before the game's contests pay by it.</summary>
    private static void Contradicted(GameFold game, Envelope envelope, FeedProblem problem, Tx tx)
    {
        tx.Reject(envelope, problem.Reason, problem.Field, problem.Expected, problem.Got);
        tx.Alert(FeedAlerts.Contradicted(game.GameId, problem));
    }
}
