using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>What becomes of the stakes of a challenge, in minor units.</summary>
/// <param name="Entries">Indices of those who passed, in order of acceptance.</param>
/// <param name="SharesMinor">Of each, beside the stake.</param>
public sealed record Forfeits(ForfeitsV1 Told, int[] Entries, long[] SharesMinor);

/// <summary>
/// <c>stake_return_plus_share</c>: who passed gets the stake back, and an equal share of the passers' part of the stakes of those
/// who failed; odd cents go one each by order of acceptance. When nobody passed all of it is the platform's. Pure.
/// </summary>
public static class SplitForfeits
{
    public static Forfeits Of(ContestDefinitionV1 definition, Ranking ranking, EntryBook entries)
    {
        var terms = definition.Verified!;
        var passers = Passers(terms, ranking, entries);
        var stakeMinor = definition.EntryFeeMinor;
        var forfeitedMinor = checked(stakeMinor * (entries.Count - passers.Length));
        var platformMinor = PrizeRules.ForfeitsToPlatformMinor(forfeitedMinor, terms.ForfeitsToPlatformBps, passers.Length);
        var sharedMinor = forfeitedMinor - platformMinor;
        var sharesMinor = new long[passers.Length];
        for (var i = 0; i < passers.Length; i++)
            sharesMinor[i] = sharedMinor / passers.Length + (i < sharedMinor % passers.Length ? 1 : 0);
        Invariant.Holds(platformMinor >= 0 && sharesMinor.Sum() == sharedMinor,
            $"contest {definition.ContestId}: {sharedMinor} to share, {sharesMinor.Sum()} shared");
        return new Forfeits(
            new ForfeitsV1(entries.Count, passers.Length, stakeMinor * passers.Length, platformMinor, sharedMinor), passers,
            sharesMinor);
    }

    /// <summary>Stakes in, the platform's part taken: what is left is stakes returned and shares.</summary>
    public static Pool Pool(ForfeitsV1 told)
    {
        var poolMinor = told.ReturnedMinor + told.PassersMinor;
        return new Pool(poolMinor + told.PlatformMinor, told.PlatformMinor, poolMinor, OverlayMinor: 0, SurplusMinor: 0);
    }

    /// <summary>The platform's fee is on the share alone.</summary>
    public static Awards Awards(ContestDefinitionV1 definition, Forfeits forfeits, EntryBook entries)
    {
        var gross = Array.ConvertAll(forfeits.SharesMinor, share => share + definition.EntryFeeMinor);
        var winners = SettleContest.ByPlayer(forfeits.Entries, gross, entries, out var grossMinor);
        var awards = new Awards(winners, new long[entries.Count], new long[entries.Count]);
        for (var i = 0; i < winners.Length; i++)
        {
            awards.GrossMinor[winners[i]] = grossMinor[i];
            awards.FeeMinor[winners[i]] = PlayerFees.FeeMinor(
                grossMinor[i] - definition.EntryFeeMinor, definition.PlatformFeeBps);
        }

        return awards;
    }

    private static int[] Passers(VerifiedTermsV1 terms, Ranking ranking, EntryBook entries)
    {
        var passers = new List<int>();
        for (var entry = 0; entry < entries.Count; entry++)
        {
            if (ranking.Points[ranking.GroupOf[entry]] >= terms.ProofsRequired) passers.Add(entry);
        }

        var ordered = passers.ToArray();
        var keys = new (long, int)[ordered.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = (entries.AcceptanceNos[ordered[i]], ordered[i]);
        Array.Sort(keys, ordered);
        return ordered;
    }
}
