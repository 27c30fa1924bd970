using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Replay.Effect;

/// <summary>Where an entry stands by the lines as they are.</summary>
internal readonly record struct EntryStanding(long Points, int Rank);

/// <summary>
/// All that a contest has come to: scores and ranks by the lines as they are, prizes of all results together, payouts,
/// reservations. How far a payout is on its way to its player is not part of it: that goes on by itself.
/// </summary>
internal sealed record ContestState(
    string ContestId, string State, string? Hold, int Revision, string? Digest,
    IReadOnlyDictionary<string, EntryStanding> Entries, IReadOnlyDictionary<string, PrizeRow> Prizes,
    IReadOnlyDictionary<string, PayoutRow> Payouts, IReadOnlyDictionary<string, string> Reservations)
{
    /// <summary>How many reservations are in each of their states, in words; empty: there are none.</summary>
    public string ReservationCounts =>
        string.Join(", ",
            Reservations.Values.GroupBy(s => s, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => $"{g.Count()} {g.Key}"));

    /// <summary>
    /// Of everything that a replay may change, in one order; but for the state, which may be a later one
    /// (<see cref="CheckStates"/>).
    /// </summary>
    public string Hash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add($"{ContestId} {Hold} {Revision} {Digest}");
        foreach (var (id, entry) in Entries.OrderBy(e => e.Key, StringComparer.Ordinal))
            Add($"e {id} {entry.Points} {entry.Rank}");
        foreach (var (id, prize) in Prizes.OrderBy(p => p.Key, StringComparer.Ordinal))
            Add($"p {id} {prize.PlayerId} {prize.NetMinor} {prize.Currency}");
        foreach (var (id, payout) in Payouts.OrderBy(p => p.Key, StringComparer.Ordinal))
            Add($"t {id} {payout.PlayerId} {payout.AmountMinor} {payout.Currency}");
        foreach (var (id, state) in Reservations.OrderBy(r => r.Key, StringComparer.Ordinal)) Add($"r {id} {state}");
        return Convert.ToHexStringLower(sha.GetHashAndReset());

        void Add(FormattableString line) =>
            sha.AppendData(Encoding.UTF8.GetBytes(line.ToString(CultureInfo.InvariantCulture) + "\n"));
    }

    /// <returns>Null: there is no such contest.</returns>
    internal static async Task<ContestState?> Read(Tx tx, string contestId)
    {
        if (await tx.Contest(contestId) is not { } contest) return null;
        var result = await tx.Result(contestId);
        return new ContestState(
            contestId, contest.State, contest.Hold, result?.Revision ?? 0, result?.Digest, await Standings(tx, contestId),
            (await tx.Prizes(contestId)).ToDictionary(p => p.EntryId, StringComparer.Ordinal),
            (await tx.Payouts(contestId)).ToDictionary(p => p.PayoutId, StringComparer.Ordinal),
            (await tx.Reservations(contestId)).ToDictionary(r => r.EntryId, r => r.State, StringComparer.Ordinal));
    }

    /// <summary>As Scoring itself makes them, from its own tables.</summary>
    private static async Task<IReadOnlyDictionary<string, EntryStanding>> Standings(Tx tx, string contestId)
    {
        var standings = new LiveStandings(new ContestDefinitions());
        return await standings.Exclusive(
            async () =>
            {
                if (await tx.FindContest(contestId) is not { } found) return [];
                await standings.Follow([found], tx);
                var engine = standings.Board(contestId).Engine;
                var entries = new Dictionary<string, EntryStanding>(StringComparer.Ordinal);
                foreach (var entry in await tx.Entries(contestId))
                {
                    if (engine.PlaceOf(entry.AcceptanceNo) is { } place)
                        entries[entry.EntryId] = new EntryStanding(place.Points, place.Rank);
                }

                return entries;
            }, tx.Ct);
    }
}
