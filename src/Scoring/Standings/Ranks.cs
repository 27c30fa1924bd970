using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Scoring;

/// <summary>Where an entry stands at this moment. Points in units of 10^-<paramref name="Scale"/>.</summary>
/// <param name="TiedWith">Other entries with the same points.</param>
public sealed record EntryRank(string ContestId, string EntryId, int Rank, long Points, int Scale, int TiedWith, int EntryCount);

/// <summary>A contest's first places and number of entries at this moment.</summary>
public sealed record ContestRanks(string ContestId, string State, int EntryCount, int Scale, IReadOnlyList<StandingV1> Top);

/// <summary>The rank of any entry on demand, of any contest, at any time: advice like all live standings.</summary>
public sealed class Ranks([FromKeyedServices(ScoringService.Name)] WorkerDatabase database, LiveStandings standings)
{
    private const int TopMax = 100;

    /// <returns>Null when the contest or the entry does not exist or the entry was withdrawn.</returns>
    public Task<EntryRank?> Of(string contestId, string entryId, CancellationToken ct) => Ask(async tx =>
    {
        if (await Followed(contestId, tx) is not { } found || await tx.AcceptanceNo(contestId, entryId) is not { } acceptanceNo)
            return null;
        if (found.Board.Engine.PlaceOf(acceptanceNo) is not { } place) return null;
        return new EntryRank(
            contestId, entryId, place.Rank, place.Points, found.Board.RuleSet.Scale, place.TiedWith, found.Board.Engine.Entries);
    }, ct);

    /// <returns>Null when the contest does not exist.</returns>
    public Task<ContestRanks?> Top(string contestId, CancellationToken ct) => Ask(async tx =>
    {
        if (await Followed(contestId, tx) is not { } found) return null;
        var top = found.Board.Engine.Top(TopMax);
        var entries =
            (await tx.EntriesByAcceptance(contestId, [.. top.Select(p => p.AcceptanceNo)])).ToDictionary(e => e.AcceptanceNo);
        return new ContestRanks(
            contestId, found.State, found.Board.Engine.Entries, found.Board.RuleSet.Scale,
            [.. top.Select(p =>
                new StandingV1(p.Rank, entries[p.AcceptanceNo].EntryId, entries[p.AcceptanceNo].PlayerId, p.Points))]);
    }, ct);

    /// <summary>
    /// An asker who goes away while waiting for the boards is not served; one who goes away later does not stop the work, since
    /// work that is stopped half-way empties the boards of every contest. The connection is taken inside: askers that wait hold
    /// none.
    /// </summary>
    private Task<T> Ask<T>(Func<Tx, Task<T>> work, CancellationToken ct) =>
        standings.Exclusive(() => database.Run(work, CancellationToken.None), ct);

    private async Task<(ContestBoard Board, string State)?> Followed(string contestId, Tx tx)
    {
        if (await tx.FindContest(contestId) is not { } contest) return null;
        await standings.Follow([contest], tx);
        var board = standings.Board(contestId);
        board.AskedAt = tx.Now;
        return (board, contest.State);
    }
}
