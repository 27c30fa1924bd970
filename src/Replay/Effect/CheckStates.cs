using ContestPipeline.Contracts;

namespace ContestPipeline.Replay.Effect;

/// <summary>Says in words where a contest is not as a plan has it. No clock, no database.</summary>
internal static class CheckStates
{
    private static readonly string[] s_order =
        [ContestStates.Scheduled, ContestStates.Locked, ContestStates.Live, ContestStates.Complete, ContestStates.Settled,
            ContestStates.Paid];

    /// <param name="now">Null: there is no such contest.</param>
    /// <returns>What has moved since the plan was made; nothing: the plan holds for the contest. Payouts go on by themselves, so
    /// SETTLED may be PAID by now.</returns>
    internal static IEnumerable<string> Moved(ContestEffect planned, ContestState? now)
    {
        var state = now?.State ?? "";
        var isSame = state == planned.StateBefore || (IsSettled(state) && IsSettled(planned.StateBefore));
        return Different(now, isSame, planned.ContestId, planned.StateBefore, planned.ReservationsBefore, planned.HashBefore,
            "when the plan was made", "has changed since the plan was made");
    }

    /// <param name="now">Null: there is no such contest.</param>
    /// <returns>What did not come as planned; nothing: it did. A contest may be in a later state by now.</returns>
    internal static IEnumerable<string> Missed(ContestEffect planned, ContestState? now)
    {
        var state = now?.State ?? "";
        var isReached = state == planned.StateAfter
            || (s_order.Contains(planned.StateAfter)
                && Array.IndexOf(s_order, state) > Array.IndexOf(s_order, planned.StateAfter));
        return Different(now, isReached, planned.ContestId, planned.StateAfter, planned.ReservationsAfter, planned.HashAfter,
            "by the plan", "did not come to what was planned");
    }

    private static bool IsSettled(string state) => state is ContestStates.Settled or ContestStates.Paid;

    private static IEnumerable<string> Different(
        ContestState? now, bool stateHolds, string contestId, string state, string reservations, string hash, string then,
        string isDifferent)
    {
        if (!stateHolds)
            yield return $"contest {contestId} is {Or(now?.State, "not there")}, and {Or(state, "not there")} {then}";
        if ((now?.Hash() ?? "") == hash) yield break;
        var reservationsNow = now?.ReservationCounts ?? "";
        if (reservationsNow != reservations)
            yield return $"contest {contestId} has reservations: {Or(reservationsNow, "none")}, and {Or(reservations, "none")} "
                + $"{then}";
        yield return $"contest {contestId} {isDifferent}";
    }

    private static string Or(string? words, string none) => string.IsNullOrEmpty(words) ? none : words;
}
