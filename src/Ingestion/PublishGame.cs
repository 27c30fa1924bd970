using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Sends what changed of a game: first its lines, then its state, so that whoever reads the state has read the lines it names.
/// </summary>
public static class PublishGame
{
    /// <returns>The lines that were sent and have to be stored.</returns>
    public static IReadOnlyList<StatLineV1> Changes(GameFold game, Tx tx, Envelope? cause)
    {
        var lines = new List<StatLineV1>();
        foreach (var (athleteId, line) in game.Lines.Where(l => l.Value.IsChanged).OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            line.IsChanged = false;
            line.Version = Math.Max(line.Version, game.VersionFloor) + 1;
            lines.Add(new StatLineV1(game.GameId, athleteId, line.Version,
                new SortedDictionary<string, long>(line.Stats, StringComparer.Ordinal), tx.Now));
        }

        foreach (var line in lines) tx.Send(line, cause);

        var before = game.Published;
        if (DecideGameState.Decide(game, tx.Now) is { } state)
        {
            game.Version = state.Version;
            game.Published = state;
            tx.Send(state, cause);
            Alert(game, before, state, tx);
        }

        NextRecovery.Follow(game, tx.Now);

        return lines;
    }

    /// <summary>Over, and no message is missing that could be the box.</summary>
    private static bool LacksBox(GameStateV1? state) =>
        state is { BoxReceived: false, MissingSequences.Count: 0, Status: GameStatus.Complete or GameStatus.Closed };

    private static void Alert(GameFold game, GameStateV1? before, GameStateV1 state, Tx tx)
    {
        if (state.MissingSequences.Count > 0 && game.GapAlert == 0)
        {
            game.GapAlert = state.MissingSequences[0];
            tx.Alert(FeedAlerts.Gap(state, string.Join(", ", state.MissingSequences)));
        }
        else if (state.MissingSequences.Count == 0 && game.GapAlert > 0)
        {
            tx.ResolveAlert(FeedAlerts.GapKey(state.GameId, game.GapAlert), "Nothing is missing any more that could count.");
            tx.ResolveAlert(FeedAlerts.RecoveryIncompleteKey(state.GameId, game.GapAlert), "It has come, or the box agrees.");
            game.GapAlert = 0;
        }

        if (LacksBox(state) && !LacksBox(before))
        {
            tx.Alert(FeedAlerts.BoxMissing(state));
        }
        else if (LacksBox(before) && !LacksBox(state))
        {
            tx.ResolveAlert(FeedAlerts.BoxMissingKey(state.GameId),
                state.BoxReceived ? "The box has come." : "More is to come of the game.");
        }

        if (before is { Differences.Count: > 0 } && !before.Differences.SequenceEqual(state.Differences))
        {
            tx.ResolveAlert(FeedAlerts.BoxDiffersKey(before), state.Differences.Count == 0
                ? "Plays and box agree." : "Plays and box differ in other figures now.");
        }

        if (state.Differences.Count > 0 && (before is null || !before.Differences.SequenceEqual(state.Differences)))
        {
            var (first, orMore) = (state.Differences[0],
                state.Differences.Count == DecideGameState.DifferencesMax ? " or more" : "");
            tx.Alert(FeedAlerts.BoxDiffers(state, first, orMore));
        }
    }
}
