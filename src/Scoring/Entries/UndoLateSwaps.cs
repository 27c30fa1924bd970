using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A line-up as it is without the swaps that came too late.</summary>
/// <param name="Dropped">The swaps that no longer count: late ones, and those that only fit upon them.</param>
public sealed record UndoneSwaps(IReadOnlyList<string> AthleteIds, IReadOnlyList<SwapRow> Dropped);

/// <summary>Takes back swaps of athletes whose games had begun before them, of which the feed told only later.</summary>
public static class UndoLateSwaps
{
    /// <summary>
    /// Starts and swaps are stamped by the clocks of several processes, which may be so far apart: by less than that no swap is
    /// later than a start.
    /// </summary>
    public static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(90);

    /// <summary>What a change that takes swaps back says in place of a command's id.</summary>
    internal static string CommandId(string entryId, int version) => $"late-swap:{entryId}:{version}";

    /// <param name="lineup">As it is now, in slot order.</param>
    /// <param name="swaps">Every swap of the entry that counts, in order: they led to <paramref name="lineup"/>.</param>
    /// <param name="startedAt">When games began, UTC, by game id; those that have not are left out.</param>
    public static UndoneSwaps Of(
        ContestRules rules, IReadOnlyList<string> lineup, IReadOnlyList<SwapRow> swaps,
        IReadOnlyDictionary<string, DateTimeOffset> startedAt)
    {
        var members = lineup.ToArray();
        foreach (var swap in swaps.Reverse()) members[swap.Slot] = swap.AthleteOut;
        var dropped = new List<SwapRow>();
        foreach (var swap in swaps)
        {
            var next = members.ToArray();
            next[swap.Slot] = swap.AthleteIn;
            if (IsLate(swap.GameOut) || IsLate(swap.GameIn) || members[swap.Slot] != swap.AthleteOut
                || ValidateLineup.Check(rules, next) is not null) dropped.Add(swap);
            else members = next;

            bool IsLate(string gameId) => startedAt.TryGetValue(gameId, out var at) && at + ClocksApart < swap.At;
        }

        return new UndoneSwaps(members, dropped);
    }

    /// <summary>
    /// Takes late swaps of the contest back, tells of each entry, and a person of all. The contest's row is locked.
    /// </summary>
    /// <returns>The contest's row as it is afterwards.</returns>
    internal static async Task<ContestRow> Apply(
        ContestRow contest, LifecycleView view, ContestRules rules, DateTimeOffset now, Tx tx)
    {
        if (contest.State is ContestStates.Cancelled or ContestStates.Settled or ContestStates.Paid) return contest;
        var swaps = await tx.SwapsOfLateEntries(contest.ContestId, ClocksApart);
        if (swaps.Count == 0) return contest;
        if (contest.FinalizedRevision is not null)
        {
            tx.Alert(ScoringAlerts.LateSwapStands(contest, swaps));
            return contest;
        }

        var startedAt = view.Games.Where(g => g.Value.StartedAt is not null)
            .ToDictionary(g => g.Key, g => g.Value.StartedAt!.Value, StringComparer.Ordinal);
        var entryIds = swaps.Select(s => s.EntryId).Distinct(StringComparer.Ordinal).ToArray();
        var entries = (await tx.EntriesNamed([.. entryIds.Select(id => (contest.ContestId, id))])).ToDictionary(
            e => e.EntryId, StringComparer.Ordinal);
        var changed = new List<EntryRow>();
        var dropped = new List<SwapRow>();
        foreach (var ofEntry in swaps.GroupBy(s => s.EntryId, StringComparer.Ordinal))
        {
            var entry = entries[ofEntry.Key];
            var undone = Of(rules, CommandProcessor.Split(entry.AthleteIds), [.. ofEntry], startedAt);
            dropped.AddRange(undone.Dropped);
            if (entry.Withdrawn || undone.Dropped.Count == 0) continue;
            changed.Add(entry with { Version = entry.Version + 1, AthleteIds = string.Join(',', undone.AthleteIds) });
            tx.Send(new EntryChangedV1(
                CommandId(entry.EntryId, entry.Version + 1), contest.ContestId, entry.EntryId, entry.Version + 1,
                undone.AthleteIds, now, Reason(undone.Dropped, startedAt)));
        }

        // A start that was stored since the view was read: it wakes the contest again.
        if (dropped.Count == 0) return contest;
        await tx.TakeBackSwaps(dropped, now);
        await tx.UpdateEntries(changed);
        await tx.InsertChanges([.. changed.Select((e, i) => (e.ContestId, contest.LastChangeNo + 1 + i, e.AcceptanceNo))]);
        await tx.UpdateCounts(
            contest.ContestId, contest.EntryCount, contest.LastAcceptanceNo, contest.LastChangeNo + changed.Count);
        tx.Alert(ScoringAlerts.SwapsTakenBack(contest.ContestId, dropped, changed.Count));
        return contest with { LastChangeNo = contest.LastChangeNo + changed.Count };
    }

    private static string Reason(IReadOnlyList<SwapRow> dropped, IReadOnlyDictionary<string, DateTimeOffset> startedAt)
    {
        var first = dropped[0];
        var (gameId, at) = new[] { first.GameIn, first.GameOut }.Where(startedAt.ContainsKey).Select(g => (g, startedAt[g]))
            .MinBy(g => g.Item2);
        return $"{dropped.Count} swaps were taken back, the first of {first.AthleteOut} for {first.AthleteIn}: it was made at "
            + $"{first.At:u}, and game {gameId} had begun at {at:u}";
    }
}
