using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>What is told at the end of a run, one line each. Pure.</summary>
public static class DemoSummary
{
    public const string Verdict = "0 duplicates, 0 lost, ledger balanced";

    public static IEnumerable<string> Results(DemoSnapshot told)
    {
        foreach (var contest in told.Contests)
        {
            if (contest.Settled is not { } s) continue;
            yield return $"{contest.ContestId}: {s.EntryCount} entries, {s.Winners} winning players; pool "
                + $"{Figures.Usd(s.PoolMinor)} = prizes {Figures.Usd(s.PrizesNetMinor)}"
                + $" + fees {Figures.Usd(s.PlatformFeesMinor)} + house {Figures.Usd(s.HouseRemainderMinor)}";
            foreach (var prize in Top(contest)) yield return "    " + prize;
            yield return $"    digest {s.Digest}";
        }

        yield return "payouts: " + string.Join(", ", told.PayoutStates.Select(p => $"{p.Count} {p.State}"))
            + $", {Figures.Usd(told.Payouts.Where(p => p.State == "paid").Sum(p => p.AmountMinor))} paid";
    }

    /// <summary>The best places of a contest; entries that tie show how the odd cents were dealt.</summary>
    private static IEnumerable<string> Top(ContestProgress contest)
    {
        var scale = contest.Standings?.Scale ?? 2;
        return contest.Awards.Values.SelectMany(a => a.Players)
            .SelectMany(p => p.Prizes.Select(prize => (p.PlayerId, Prize: prize)))
            .OrderBy(w => w.Prize.Rank).ThenBy(w => w.Prize.EntryId, StringComparer.Ordinal).Take(4)
            .Select(w => $"{w.Prize.Rank,4}. {w.Prize.EntryId} ({w.PlayerId}) {Figures.Points(w.Prize.Points, scale)} points,"
                + $" {Figures.Usd(w.Prize.GrossMinor)} less {Figures.Usd(w.Prize.FeeMinor)} fee");
    }
}
