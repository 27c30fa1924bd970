using ContestPipeline.Contracts;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>
/// Makes a failing case smaller for as long as it still fails: halves of the entries and lines, then single ones, then money and
/// structure.
/// </summary>
internal static class ShrinkPrizes
{
    private const int StepsMax = 500;

    public static PrizeCase Smallest(PrizeCase failing, Func<PrizeCase, string?> fault)
    {
        for (var step = 0; step < StepsMax; step++)
        {
            if (Smaller(failing)
                .FirstOrDefault(c => PrizeRules.Validate(c.Definition) is null && fault(c) is not null) is not { } smaller)
                    return failing;
            failing = smaller;
        }

        return failing;
    }

    private static IEnumerable<PrizeCase> Smaller(PrizeCase c)
    {
        foreach (var entries in Less(c.Entries)) yield return c with { Entries = entries };
        foreach (var lines in Less(c.Lines)) yield return c with { Lines = lines };
        foreach (var ruledOut in Less(c.RuledOut)) yield return c with { RuledOut = ruledOut };
        foreach (var definition in Smaller(c.Definition)) yield return c with { Definition = definition };
    }

    /// <summary>Either half, then all but one.</summary>
    private static IEnumerable<IReadOnlyList<T>> Less<T>(IReadOnlyList<T> all)
    {
        if (all.Count == 0) yield break;
        yield return [.. all.Take(all.Count / 2)];
        if (all.Count == 1) yield break;
        yield return [.. all.Skip(all.Count / 2)];
        for (var without = 0; without < all.Count && all.Count > 2; without++)
            yield return [.. all.Where((_, i) => i != without)];
    }

    private static IEnumerable<ContestDefinitionV1> Smaller(ContestDefinitionV1 d)
    {
        if (d.EntryFeeMinor > 0) yield return d with { EntryFeeMinor = d.EntryFeeMinor / 2 };
        if (d.RakeBps > 0) yield return d with { RakeBps = d.RakeBps / 2 };
        if (d.PlatformFeeBps > 0) yield return d with { PlatformFeeBps = d.PlatformFeeBps / 2 };
        if (d.GuaranteedPoolMinor is { } pool)
        {
            yield return d with { GuaranteedPoolMinor = null };
            yield return d with { GuaranteedPoolMinor = pool / 2 };
        }

        if (d.Prizes.Type != PrizeTypes.WinnerTakesAll)
            yield return d with { Prizes = new PrizeStructureV1(
                PrizeTypes.WinnerTakesAll, UnclaimedTo: d.Prizes.UnclaimedTo, RemainderTo: d.Prizes.RemainderTo) };
        if (d.Prizes.Places > 1) yield return d with { Prizes = d.Prizes with { Places = d.Prizes.Places / 2 } };
        if (d.Prizes.AmountMinor > 1) yield return d with { Prizes = d.Prizes with { AmountMinor = d.Prizes.AmountMinor / 2 } };
        if (d.Prizes.Ranges is { Count: > 1 } ranges)
            yield return d with { Prizes = d.Prizes with { Ranges = [.. ranges.Take(ranges.Count / 2)] } };
    }
}
