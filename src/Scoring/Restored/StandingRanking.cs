using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// A ranking that was published is not made a second time, for the feed may have gone on since: Settlement has the first, and
/// what the feed changed after it is a late correction like any other.
/// </summary>
internal static class StandingRanking
{
    /// <returns>False: none was published.</returns>
    public static async Task<bool> Adopt(
        string contestId, int revision, int attempt, IReadOnlyList<LineRow> lines, DateTimeOffset now, Tx tx)
    {
        var name = WireTypes.Of(typeof(ContestFinalizedV1)).Name;
        if (await tx.PublishedRanking(contestId, revision, attempt, name) is not { Message: ContestFinalizedV1 published })
            return false;
        await tx.StoreFinalGames(contestId, Games(published, lines));
        await tx.MarkFinalized(contestId, revision, published.Attempt ?? 1, published.At, isAgain: true);
        await TakeEarly(contestId, revision, now, tx);
        await tx.Wake(contestId, now);
        return true;
    }

    /// <summary>Results that came before the ranking was there.</summary>
    public static async Task TakeEarly(string contestId, int revision, DateTimeOffset now, Tx tx)
    {
        foreach (var early in await tx.TakeEarlyResults(contestId, revision))
        {
            if (early.Kind == EarlyResult.Settled) await tx.MarkSettled(contestId, revision, early.At, now);
            else await tx.MarkPaid(contestId, revision, early.At, now);
            tx.ResolveAlert(early.Alert, "Scoring has the ranking again that its database had lost.");
        }
    }

    /// <summary>What lines said that are no longer stored is not known: a change of them is taken for one.</summary>
    public static IReadOnlyList<FinalGameRow> Games(ContestFinalizedV1 published, IReadOnlyList<LineRow> lines)
    {
        var stored = lines.ToLookup(l => l.GameId, StringComparer.Ordinal);
        return
        [
            .. FinalRanking.Stored(published.Games, lines).Zip(published.Games,
                (row, game) => stored[game.GameId].Count() == game.LineVersions.Count
                    && stored[game.GameId].All(l => game.LineVersions.GetValueOrDefault(l.AthleteId) == l.Version)
                        ? row : row with { StatsHash = null }),
        ];
    }
}
