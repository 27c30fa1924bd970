using ContestPipeline.Contracts;
using ContestPipeline.Settlement;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>
/// Deliberate faults, each what a plausible slip in the product would do to a result. The check has to notice every one of them.
/// </summary>
internal static class Spoils
{
    public static IReadOnlyList<(string Name, Func<SettlementResult, SettlementResult> Spoil)> All { get; } =
    [
        ("a cent moves from one winner to the next", r => Move(r, 1)),
        ("the odd cent of a tie goes to the last accepted", SwapTied),
        ("a winner's fee is a cent short", r => Fee(r, -1)),
        ("the house keeps a cent that is nobody's",
            r => r with { Totals = r.Totals with { HouseRemainderMinor = r.Totals.HouseRemainderMinor + 1 } }),
        ("rake is rounded up", r => r with { Pool = r.Pool with { RakeMinor = r.Pool.RakeMinor + 1 } }),
        ("the digest has a number in the words of the culture", r => r with { Digest = CanonicalHash.Of($"{r.Digest}{-1}") }),
        ("the digest has the entries in the order of arrival",
            r => r with { Digest = CanonicalHash.Of(r.Digest + string.Join(',', r.Entries.Players.ToArray())) }),
        ("one rank too low after a tie",
            r =>
                r with { Ranking =
                    r.Ranking with { Start =
                        [.. r.Ranking.Start.Select((s, i) => i > 0 && i < r.Ranking.Groups && s > i ? s - 1 : s)] } }),
    ];

    private static SettlementResult Move(SettlementResult r, long cents)
    {
        if (r.Awards.Winners.Length < 2) return r;
        var gross = r.Awards.GrossMinor.ToArray();
        gross[r.Awards.Winners[0]] -= cents;
        gross[r.Awards.Winners[1]] += cents;
        return r with { Awards = r.Awards with { GrossMinor = gross } };
    }

    private static SettlementResult SwapTied(SettlementResult r)
    {
        var gross = r.Awards.GrossMinor.ToArray();
        for (var group = 0; group < r.Ranking.Groups; group++)
        {
            var tied = r.Ranking.EntriesOf(group).ToArray();
            var byNo = tied.OrderBy(e => r.Entries.AcceptanceNos[e]).ToArray();
            (gross[byNo[0]], gross[byNo[^1]]) = (gross[byNo[^1]], gross[byNo[0]]);
        }

        return r with { Awards = r.Awards with { GrossMinor = gross } };
    }

    private static SettlementResult Fee(SettlementResult r, long cents)
    {
        if (r.Awards.Winners.Length == 0) return r;
        var fees = r.Awards.FeeMinor.ToArray();
        fees[r.Awards.Winners[^1]] += cents;
        return r with { Awards = r.Awards with { FeeMinor = fees } };
    }
}
