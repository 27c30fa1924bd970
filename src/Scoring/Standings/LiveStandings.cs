using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// The boards of running contests, kept up with the database by reading what committed since the last look. It is never told
/// anything: several processes follow the same tables, and a restart is an empty start.
/// </summary>
public sealed class LiveStandings(ContestDefinitions definitions)
{
    private readonly Dictionary<string, ContestBoard> boards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, LineRow>> games = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim gate = new(1, 1);
    private string? readUpTo;

    /// <summary>
    /// Runs work on the boards while nothing else touches them. Work that fails half-way leaves nothing behind: memory starts
    /// empty again.
    /// </summary>
    public async Task<T> Exclusive<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        var done = false;
        try
        {
            var result = await work();
            done = true;
            return result;
        }
        finally
        {
            if (!done)
            {
                boards.Clear();
                games.Clear();
                readUpTo = null;
            }

            gate.Release();
        }
    }

    /// <summary>Brings the boards of these contests up to what is committed. Inside <see cref="Exclusive"/>.</summary>
    public async Task Follow(IReadOnlyList<RunningContestRow> contests, Tx tx)
    {
        var moved = await FollowLines(tx);
        foreach (var contest in contests)
        {
            if (!boards.TryGetValue(contest.ContestId, out var board))
            {
                board = new ContestBoard(await definitions.Find(contest.ContestId, contest.DefinitionHash, tx));
                await FollowEntries(board, contest, tx);
                await LoadLines(board, tx);
                boards[contest.ContestId] = board;
            }
            else if (await FollowEntries(board, contest, tx))
            {
                board.Revision++;
            }
        }

        foreach (var line in moved) Score(line);
    }

    /// <summary>The board of a contest that was followed. Inside <see cref="Exclusive"/>.</summary>
    public ContestBoard Board(string contestId) => boards[contestId];

    /// <summary>
    /// Forgets contests that are neither among these nor were asked for since, and the lines nobody needs any more.
    /// </summary>
    public void Keep(IReadOnlySet<string> contestIds, DateTimeOffset askedSince)
    {
        foreach (var gone in boards.Where(b => !contestIds.Contains(b.Key) && b.Value.AskedAt < askedSince).Select(b => b.Key)
            .ToArray())
            boards.Remove(gone);
        var needed = boards.Values.SelectMany(b => b.Rules.Definition.GameIds).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in games.Keys.Where(g => !needed.Contains(g)).ToArray()) games.Remove(gone);
    }

    private async Task<IReadOnlyList<LineRow>> FollowLines(Tx tx)
    {
        // Read before the lines: a transaction that is open now commits later and is asked for again next time; versions sort out
        // what comes twice.
        var oldestOpen = await tx.OldestOpenTransaction();
        var fresh = readUpTo is null || games.Count == 0 ? [] : await tx.LinesSince(readUpTo, games.Keys);
        readUpTo = oldestOpen;
        return [.. fresh.Where(Newer)];
    }

    private async Task LoadLines(ContestBoard board, Tx tx)
    {
        var missing = board.Rules.Definition.GameIds.Where(g => !games.ContainsKey(g)).ToArray();
        foreach (var gameId in missing) games[gameId] = new Dictionary<string, LineRow>(StringComparer.Ordinal);
        if (missing.Length > 0)
        {
            foreach (var line in await tx.Lines(missing)) Newer(line);
        }

        foreach (var gameId in board.Rules.Definition.GameIds)
        {
            foreach (var line in games[gameId].Values) board.SetLine(line.GameId, line.AthleteId, LineSql.ReadStats(line.Stats));
        }
    }

    private bool Newer(LineRow line)
    {
        var known = games[line.GameId];
        if (known.TryGetValue(line.AthleteId, out var before) && before.Version >= line.Version) return false;
        known[line.AthleteId] = line;
        return true;
    }

    private static async Task<bool> FollowEntries(ContestBoard board, RunningContestRow contest, Tx tx)
    {
        var anyNew = contest.LastAcceptanceNo > board.LastAcceptanceNo;
        var anyChanged = contest.LastChangeNo > board.LastChangeNo;
        if (anyNew) await tx.PutNewEntries(board, contest.LastAcceptanceNo);
        board.LastAcceptanceNo = contest.LastAcceptanceNo;
        if (anyNew || anyChanged) await FollowProofs(board, tx);
        if (!anyChanged) return anyNew;

        foreach (var (acceptanceNo, athleteIds, withdrawn) in await tx.ChangedEntries(contest.ContestId, board.LastChangeNo))
        {
            if (withdrawn) board.Engine.Drop(acceptanceNo);
            else board.Put(acceptanceNo, athleteIds);
        }

        board.LastChangeNo = contest.LastChangeNo;
        return true;
    }

    /// <summary>A challenge has no feed: its decided proofs are noted as changes of their entries.</summary>
    private static async Task FollowProofs(ContestBoard board, Tx tx)
    {
        if (board.Rules.Definition.Verified is null) return;
        var passed = (await ChallengeResult.Lines(board.Rules.Definition.ContestId, tx)).ToDictionary(
            l => l.AthleteId, l => LineSql.ReadStats(l.Stats), StringComparer.Ordinal);
        foreach (var (playerId, stats) in passed) board.SetLine(VerifiedTermsV1.Game, playerId, stats);
        foreach (var playerId in board.ScoredPlayers.Where(p => !passed.ContainsKey(p)).ToArray())
            board.SetLine(VerifiedTermsV1.Game, playerId, new Dictionary<string, long>());
    }

    private void Score(LineRow line)
    {
        var stats = LineSql.ReadStats(line.Stats);
        foreach (var board in boards.Values)
        {
            if (board.SetLine(line.GameId, line.AthleteId, stats)) board.Revision++;
        }
    }
}
