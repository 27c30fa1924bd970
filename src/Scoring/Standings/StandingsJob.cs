using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Publishes the standings that moved, each contest at most every <see cref="PublishEvery"/>. One process publishes a contest:
/// leases say which.
/// </summary>
public sealed class StandingsJob(LiveStandings standings, TimeProvider clock) : IJob
{
    public static readonly TimeSpan PublishEvery = TimeSpan.FromMilliseconds(250);

    private const int TopMax = 100;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_keptAfterAsking = TimeSpan.FromMinutes(2);

    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{clock.GetUtcNow().UtcTicks}";
    private readonly Dictionary<string, (DateTimeOffset At, ContestBoard Board, long Revision)> published = new(
        StringComparer.Ordinal);

    public Task<bool> Run(Tx tx) => standings.Exclusive(() => Publish(tx), tx.Ct);

    private async Task<bool> Publish(Tx tx)
    {
        var now = tx.NowStored();
        var slices = await tx.LeaseSlices(owner, now, now + s_lease);
        var running = await tx.RunningContests(slices);
        var ids = running.Select(c => c.ContestId).ToHashSet(StringComparer.Ordinal);
        standings.Keep(ids, now - s_keptAfterAsking);
        foreach (var gone in published.Keys.Where(c => !ids.Contains(c)).ToArray()) published.Remove(gone);
        await standings.Follow(running, tx);

        var due = running.Select(c => c.ContestId).Where(c => Due(c, now)).ToArray();
        if (due.Length == 0) return false;

        var versions = (await tx.NextStandingsVersions(due)).ToDictionary(
            v => v.ContestId, v => v.Version, StringComparer.Ordinal);
        foreach (var contestId in due) tx.Send(await Standings(contestId, versions[contestId], now, tx));

        // Until the commit they count as not published: a run that fails is repeated.
        var boards = due.Select(c => (ContestId: c, Board: standings.Board(c), standings.Board(c).Revision)).ToArray();
        tx.AfterCommit(() =>
        {
            foreach (var (contestId, board, revision) in boards) published[contestId] = (now, board, revision);
        });
        return false;
    }

    private bool Due(string contestId, DateTimeOffset now)
    {
        if (!published.TryGetValue(contestId, out var last)) return true;
        var board = standings.Board(contestId);
        return (!ReferenceEquals(board, last.Board) || board.Revision != last.Revision) && now - last.At >= PublishEvery;
    }

    private async Task<StandingsV1> Standings(string contestId, long version, DateTimeOffset now, Tx tx)
    {
        var board = standings.Board(contestId);
        var top = board.Engine.Top(TopMax);
        var entries =
            (await tx.EntriesByAcceptance(contestId, [.. top.Select(p => p.AcceptanceNo)])).ToDictionary(e => e.AcceptanceNo);
        var whole = 1;
        for (var digit = 0; digit < board.RuleSet.Scale; digit++) whole *= 10;
        return new StandingsV1(
            contestId, version, board.Engine.Entries, board.RuleSet.Scale,
            [.. top.Select(p =>
                new StandingV1(p.Rank, entries[p.AcceptanceNo].EntryId, entries[p.AcceptanceNo].PlayerId, p.Points))],
            [.. board.Engine.Histogram(whole).Select(b => new HistogramBandV1(b.From, b.To, b.Entries))], now);
    }
}
