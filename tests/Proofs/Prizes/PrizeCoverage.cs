using ContestPipeline.Contracts;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>What the cases had in them: a property that held only of easy cases would say little.</summary>
internal sealed class PrizeCoverage
{
    private static readonly string[] s_names =
    [
        .. PrizeTypes.ByPlace, "nobody entered", "fewer entrants than places", "ties", "guaranteed pool with overlay",
        "guaranteed pool with surplus", "rake", "platform fee", "fee and rake of 100 %", "a player with several entries",
        "cents left to the house", "activity contest", "ruled-out game", "negative points",
        "more than a million dollars in the pool",
    ];

    private readonly Dictionary<string, long> counts = s_names.ToDictionary(n => n, _ => 0L);

    public IEnumerable<string> Missed => s_names.Where(n => counts[n] == 0);

    public IReadOnlyDictionary<string, long> Counts => counts;

    public void Add(PrizeCase c)
    {
        var d = c.Definition;
        var places = PrizeRules.Tiers(d.Prizes)[^1].To;
        var collected = d.EntryFeeMinor * c.Entries.Count;
        collected -= PrizeRules.RakeMinor(collected, d.RakeBps);
        Count(d.Prizes.Type, true);
        Count("nobody entered", c.Entries.Count == 0);
        Count("fewer entrants than places", c.Entries.Count < places);
        Count("ties", c.Entries.Select(e => string.Join(',', e.Lineup)).Distinct().Count() < c.Entries.Count);
        Count("guaranteed pool with overlay", d.GuaranteedPoolMinor > collected);
        Count("guaranteed pool with surplus", d.GuaranteedPoolMinor < collected);
        Count("rake", d.RakeBps > 0 && d.EntryFeeMinor > 0);
        Count("platform fee", d.PlatformFeeBps > 0);
        Count("fee and rake of 100 %", d.RakeBps == 10_000 && d.PlatformFeeBps == 10_000);
        Count("a player with several entries", c.Entries.Select(e => e.Player).Distinct().Count() < c.Entries.Count);
        Count("cents left to the house", d.Prizes.RemainderTo == PrizeRules.House);
        Count("activity contest", d.Kind == ContestKinds.Activity);
        Count("ruled-out game", c.RuledOut.Count > 0);
        Count("negative points", c.Rules.Weights["a"] < 0);
        Count("more than a million dollars in the pool", (d.GuaranteedPoolMinor ?? collected) > 100_000_000);
    }

    public void Add(PrizeCoverage other)
    {
        foreach (var (name, count) in other.counts) counts[name] += count;
    }

    private void Count(string name, bool has) => counts[name] += has ? 1 : 0;
}
