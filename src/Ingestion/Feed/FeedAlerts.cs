using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion.Feed;

/// <summary>What people are told of the feeds of games.</summary>
public static class FeedAlerts
{
    public static Alert Contradicted(string gameId, FeedProblem problem) => new Alert(
        $"feed-contradicted/{gameId}/{problem.Reason}", AlertSeverity.Critical, "feed-contradicted", gameId,
        $"The feed of game {gameId} contradicts itself: expected {problem.Expected}, got {problem.Got}. What came "
            + $"first counts.",
        "Ask the provider which is right; what is wrong is corrected by a higher revision under a new number.");

    public static Alert Gap(GameStateV1 state, string missing) => new Alert(
        GapKey(state.GameId, state.MissingSequences[0]), AlertSeverity.Warning, "feed-gap", state.GameId,
        $"Messages {missing} of the stream of game {state.GameId} have not come; its contests are not settled before "
            + $"they do or the box agrees.",
        "The provider is asked for them (feed.recovery.v1); if they do not arrive, ask a person there to send the game again: "
            + "repeated messages do no harm.");

    public static Alert RecoveryIncomplete(GameFold game, IReadOnlyList<long> missing) => new Alert(
        RecoveryIncompleteKey(game.GameId, game.GapAlert), AlertSeverity.Critical, "feed-recovery-incomplete", game.GameId,
        $"The provider says that it has sent all it has of game {game.GameId}, and messages {string.Join(", ", missing)} have not come "
            + "or were refused; its contests are not settled before they do or the box agrees.",
        "See what was refused (contestctl feed rejections), and ask the provider to send it again, or to name the numbers that "
            + "it never used.");

    public static Alert BoxMissing(GameStateV1 state) => new Alert(
        BoxMissingKey(state.GameId), AlertSeverity.Warning, "box-missing", state.GameId,
        $"Game {state.GameId} is {state.Status}, every message up to its last has come, and none of them is a box; its "
            + $"contests are not settled without one.",
        "Ask the provider to send the box, under the game's next sequence number.");

    public static Alert BoxDiffers(GameStateV1 state, StatDifferenceV1 first, string orMore) => new Alert(
        BoxDiffersKey(state), AlertSeverity.Critical, "plays-and-box-differ", state.GameId,
        string.Create(CultureInfo.InvariantCulture,
            $"Plays and box of game {state.GameId} disagree on {state.Differences.Count}{orMore} figures, first: ")
        + string.Create(CultureInfo.InvariantCulture,
            $"athlete {first.AthleteId}, {first.Stat}: plays {first.FromPlays}, box {first.FromBox}."),
        "Compare with the provider's record; the provider has to send the missing plays or a corrected box.");

    public static Alert Silent(string gameId, long change) => new Alert(
        SilentKey(gameId, change), AlertSeverity.Critical, "feed-silent", gameId,
        $"Nothing has come for game {gameId} for {SilenceJob.SilenceSeconds} seconds while it is in progress.",
        "Check the provider's connection; once messages come again the game goes on by itself.");

    public static string GapKey(string gameId, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"feed-gap/{gameId}/{number}");

    public static string RecoveryIncompleteKey(string gameId, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"feed-recovery-incomplete/{gameId}/{number}");

    public static string BoxDiffersKey(GameStateV1 state) =>
        $"box-differs/{state.GameId}/{CanonicalHash.Of(state.Differences)[..16]}";

    public static string SilentKey(string gameId, long change) =>
        string.Create(CultureInfo.InvariantCulture, $"feed-silent/{gameId}/{change}");

    public static string BoxMissingKey(string gameId) => $"box-missing/{gameId}";
}
