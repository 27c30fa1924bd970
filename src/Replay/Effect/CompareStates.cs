namespace ContestPipeline.Replay.Effect;

/// <summary>Says what is different of a contest after a replay. No clock, no database.</summary>
internal static class CompareStates
{
    private static readonly string[] s_left = ["paid", "reversed"];

    /// <param name="before">Null: the replay publishes the contest.</param>
    /// <param name="rescored">Entries with an athlete whose line was written again.</param>
    internal static ContestEffect Compare(ContestState? before, ContestState after, int rescored)
    {
        var entries = Both(before?.Entries, after.Entries);
        var prizes = Both(before?.Prizes, after.Prizes);
        var payouts = Both(before?.Payouts, after.Payouts)
            .Where(p => p.After is not null && p.Before?.AmountMinor != p.After.AmountMinor && !s_left.Contains(p.After.State))
            .ToArray();
        return new ContestEffect(
            after.ContestId, before?.State ?? "", after.State, before?.Hold, after.Hold, before?.Revision ?? 0, after.Revision,
            rescored, entries.Count(e => e.Before.Points != e.After.Points), entries.Count(e => e.Before.Rank != e.After.Rank),
            prizes.Count(p => p.Before?.NetMinor != p.After?.NetMinor),
            Cents(prizes.Select(p => ((p.After ?? p.Before)!.Currency, (p.After?.NetMinor ?? 0) - (p.Before?.NetMinor ?? 0)))),
            payouts.Length, Cents(payouts.Select(p => (p.After!.Currency, p.After.AmountMinor - (p.Before?.AmountMinor ?? 0)))),
            before?.ReservationCounts ?? "", after.ReservationCounts, before?.Hash() ?? "", after.Hash());
    }

    internal static ContestEffect Total(IReadOnlyList<ContestEffect> contests) => new(
        "", "", "", null, null, 0, 0, contests.Sum(c => c.EntriesRescored), contests.Sum(c => c.ScoresChanged),
        contests.Sum(c => c.RanksChanged),
        contests.Sum(c => c.PrizesChanged), Sum(contests.SelectMany(c => c.Prizes)), contests.Sum(c => c.Transfers),
        Sum(contests.SelectMany(c => c.TransferCents)), "", "", "", "");

    private static IEnumerable<(T? Before, T? After)> Both<T>(
        IReadOnlyDictionary<string, T>? before, IReadOnlyDictionary<string, T> after) =>
        (before?.Keys ?? []).Union(after.Keys, StringComparer.Ordinal)
        .Select(id => (before is null ? default : before.GetValueOrDefault(id), after.GetValueOrDefault(id)));

    private static CentsEffect[] Cents(IEnumerable<(string Currency, long Minor)> changes) =>
        Sum(changes.Where(c => c.Minor != 0)
            .Select(c => new CentsEffect(c.Currency, Math.Max(0, c.Minor), Math.Max(0, -c.Minor))));

    private static CentsEffect[] Sum(IEnumerable<CentsEffect> parts) =>
    [
        .. parts.GroupBy(c => c.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new CentsEffect(g.Key, g.Sum(c => c.UpMinor), g.Sum(c => c.DownMinor))),
    ];
}
