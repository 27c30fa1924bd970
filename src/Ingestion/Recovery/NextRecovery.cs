using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Recovery;

/// <summary>Decides when the provider is asked to send again what is missing of a game. Pure.</summary>
public static class NextRecovery
{
    /// <summary>
    /// How long each request waits for the one before it; the first for the gap, since a message that is merely late closes it.
    /// After the last, nearly two days later, nobody is asked any more: the contests' own alerts go on.
    /// </summary>
    public static IReadOnlyList<TimeSpan> Waits { get; } =
    [
        TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1), .. Enumerable.Repeat(TimeSpan.FromHours(6), 7),
    ];

    /// <summary>A gap is its first missing number: once that has come, the next gap begins anew.</summary>
    /// <param name="now">UTC.</param>
    public static void Follow(GameFold game, DateTimeOffset now)
    {
        var from = FirstMissing(game);
        if (from == game.RecoveryFrom) return;
        (game.RecoveryFrom, game.RecoveryAttempt) = (from, 0);
        game.RecoveryDueAt = from == 0 ? null : now + Waits[0];
    }

    /// <summary>The provider says that it has sent all it has: it is not asked again for this gap.</summary>
    /// <returns>The numbers that are missing all the same; none where all is well.</returns>
    public static IReadOnlyList<long> End(GameFold game)
    {
        game.RecoveryDueAt = null;
        return game.Published?.MissingSequences ?? [];
    }

    /// <summary>Counts the request and says when the next one is due.</summary>
    /// <returns>Null where nothing is missing any more.</returns>
    public static FeedRecoveryRequestedV1? Ask(GameFold game, DateTimeOffset now)
    {
        var from = FirstMissing(game);
        if (from == 0)
        {
            game.RecoveryDueAt = null;
            return null;
        }

        game.RecoveryAttempt++;
        game.RecoveryDueAt = game.RecoveryAttempt < Waits.Count ? now + Waits[game.RecoveryAttempt] : null;
        return new FeedRecoveryRequestedV1(
            game.GameId, from, Math.Max(game.Received.Highest, game.AnnouncedSequence), game.Published!.MissingSequences,
            game.RecoveryAttempt, now);
    }

    private static long FirstMissing(GameFold game) => game.Published?.MissingSequences is [var first, ..] ? first : 0;
}
