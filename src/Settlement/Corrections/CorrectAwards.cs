using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>What a later revision does about the awards of those before it.</summary>
/// <param name="Result">The compensating awards as a result of their own, paid by the house; its digest is over the whole
/// computation and all of this.</param>
/// <param name="Reductions">What entries were awarded too much, by entry; nothing of it unless the policy is resettle.</param>
public sealed record Correction(SettlementResult Result, Awards Reductions);

/// <summary>
/// Sets a revised result beside everything that was awarded before. Prizes are compared entry by entry; the platform's fee stays
/// one figure per player, rounded half up on the sum of what all revisions together award him, so that no correction moves it by
/// a cent of its own.
/// </summary>
public static class CorrectAwards
{
    /// <param name="revised">The full result under the corrected lines.</param>
    /// <param name="awardedMinor">Gross by entry id: what earlier revisions awarded less what they took back; entries with
    /// nothing are left out.</param>
    public static Correction Of(
        SettlementResult revised, ContestDefinitionV1 definition, IReadOnlyDictionary<string, long> awardedMinor)
    {
        Invariant.Holds(
            revised.Revision > 1 && definition.LateCorrectionPolicy != LateCorrectionPolicies.Freeze,
            $"contest {revised.ContestId}: no revision {revised.Revision} under the policy {definition.LateCorrectionPolicy}");
        var entries = revised.Entries;
        var heldMinor = new long[entries.Players.Length];
        var (more, less, met) = (new Changes(), new Changes(), 0);
        for (var entry = 0; entry < entries.Count; entry++)
        {
            var beforeMinor = awardedMinor.GetValueOrDefault(entries.EntryIds[entry]);
            if (beforeMinor != 0) met++;
            heldMinor[entries.PlayerOf[entry]] += beforeMinor;
            var changeMinor = revised.Awards.GrossMinor[entry] - beforeMinor;
            if (changeMinor > 0) more.Add(entry, changeMinor);
            else if (changeMinor < 0 && definition.LateCorrectionPolicy == LateCorrectionPolicies.Resettle)
                less.Add(entry, -changeMinor);
        }

        Invariant.Holds(met == awardedMinor.Count,
            $"contest {revised.ContestId}: {awardedMinor.Count} entries were awarded, {met} of them take part");
        var increases = Charged(more, 1, heldMinor, definition.PlatformFeeBps, entries);
        var reductions = Charged(less, -1, heldMinor, definition.PlatformFeeBps, entries);
        var totals = SettleContest.Totals(increases, houseRemainderMinor: 0);
        var result = revised with { Pool = new Pool(0, 0, totals.GrossMinor, totals.GrossMinor, 0), Totals = totals,
            Awards = increases };
        return new Correction(
            result with { Digest = SettlementDigest.OfCorrection(
                revised, definition.LateCorrectionPolicy, awardedMinor, increases, reductions) }, reductions);
    }

    /// <param name="sign">1: the player is awarded more; -1: less, and the fee on it is given back.</param>
    private static Awards Charged(Changes changes, int sign, long[] heldMinor, int platformFeeBps, EntryBook entries)
    {
        var changed = SettleContest.ByPlayer([.. changes.Entries], [.. changes.GrossMinor], entries, out var grossMinor);
        var awards = new Awards(changed, new long[entries.Count], new long[entries.Count]);
        for (var i = 0; i < changed.Length; i++)
        {
            var player = entries.PlayerOf[changed[i]];
            var beforeMinor = heldMinor[player];
            heldMinor[player] += sign * grossMinor[i];
            var feeMinor = sign
                * (PlayerFees.FeeMinor(heldMinor[player], platformFeeBps) - PlayerFees.FeeMinor(beforeMinor, platformFeeBps));
            Invariant.Holds(heldMinor[player] >= 0 && feeMinor >= 0 && feeMinor <= grossMinor[i],
                $"fee {feeMinor} on a change of {sign * grossMinor[i]}");
            awards.GrossMinor[changed[i]] = grossMinor[i];
            awards.FeeMinor[changed[i]] = feeMinor;
        }

        return awards;
    }

    /// <summary>Entries and by how much their awards change, above 0.</summary>
    private sealed class Changes
    {
        public List<int> Entries { get; } = [];

        public List<long> GrossMinor { get; } = [];

        public void Add(int entry, long grossMinor)
        {
            Entries.Add(entry);
            GrossMinor.Add(grossMinor);
        }
    }
}
