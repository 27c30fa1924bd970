using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Proofs.Prizes;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Settlement;

/// <summary>One contest ready to be settled.</summary>
/// <param name="Entries">Id, player, acceptance number and line-up, in the order in which they were made.</param>
public sealed record SettlementCase(
    ContestDefinitionV1 Definition, RuleSet Rules, FinalStats Stats,
    IReadOnlyList<(string Id, string Player, long No, string Lineup)> Entries)
{
    public string Hash => CanonicalHash.Of(Definition);

    public SettlementResult Settle() => SettleContest.Compute(Definition, Hash, Rules, Stats, Book(Entries));

    public static EntryBook Book(IEnumerable<(string Id, string Player, long No, string Lineup)> entries)
    {
        var builder = new EntryBookBuilder();
        foreach (var (id, player, no, lineup) in entries) builder.Add(id, player, no, lineup);
        return builder.Build();
    }
}

/// <summary>
/// Makes contests of every prize structure, with many ties, few or many entrants, fees, rake, guarantees and ruled-out games.
/// Seeded.
/// </summary>
public static class SettlementCases
{
    private static readonly DateTimeOffset s_lock = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);

    public static SettlementCase Make(ulong seed)
    {
        var chance = new SeededRandom(seed);
        var rules = new RuleSet(
            "points", 1, "test", "made up", 2,
            new Dictionary<string, long> { ["a"] = chance.Next(-3, 10), ["b"] = chance.Next(1, 5), ["c"] = 100 },
            new Dictionary<string, IReadOnlyDictionary<string, long>>(), [new Bonus("a", 3, 7)], []);
        var games = Enumerable.Range(1, chance.Next(1, 4)).Select(g => $"game{g}").ToArray();
        var athletes = Enumerable.Range(1, chance.Next(4, 10))
            .Select(a => new PoolAthleteV1($"ath{a}", $"Athlete {a}", ["ANY"], "team", chance.Pick(games), 1000)).ToArray();
        var slots = Enumerable.Range(1, chance.Next(1, 4))
            .Select(s => new RosterSlotV1($"S{s}", ["ANY"], chance.Chance(25) ? 150 : 100)).ToArray();
        var entries = Entries(chance, athletes, slots.Length);
        var (prizes, guaranteedMinor) = MakePrizes.Of(chance);

        var definition = new ContestDefinitionV1(
            $"contest{seed}", "A case", "lineup", "usd", chance.Chance(30) ? 0 : chance.Next(1, 5_000), 10_000, 1_000, 0,
            guaranteedMinor, s_lock, games, RuleSets.Ref(rules), new RosterV1(slots, null, 1, 1, null, true), athletes, prizes,
            chance.Chance(30) ? 0 : chance.Next(0, 3_000), chance.Chance(20) ? 0 : chance.Next(0, 10_001), 0, "freeze", false, 0,
            "test");
        return new SettlementCase(definition, rules, Stats(chance, games, athletes), entries);
    }

    private static List<(string, string, long, string)> Entries(SeededRandom chance, PoolAthleteV1[] athletes, int slots)
    {
        var count = chance.Chance(5) ? 0 : chance.Next(1, chance.Chance(50) ? 6 : 40);
        var players = chance.Next(1, 20);
        var numbers = Enumerable.Range(1, count).Select(n => (long)n).ToList();
        chance.Shuffle(numbers);
        var entries = new List<(string, string, long, string)>();
        for (var i = 0; i < count; i++)
        {
            var repeated = entries.Count > 0 && chance.Chance(40);
            var lineup = repeated ? chance.Pick(entries).Item4
                : chance.Chance(8)
                    ? "" : string.Join(',', Enumerable.Range(0, slots).Select(_ => chance.Pick(athletes).AthleteId));
            entries.Add(($"e{i:000}", $"player{chance.Next(players)}", numbers[i], lineup));
        }

        return entries;
    }

    private static FinalStats Stats(SeededRandom chance, string[] games, PoolAthleteV1[] athletes)
    {
        var ruledOut = games.Where(_ => chance.Chance(15)).ToHashSet(StringComparer.Ordinal);
        var lines = new Dictionary<(string, string), IReadOnlyDictionary<string, long>>();
        foreach (var athlete in athletes.Where(_ => chance.Chance(85)))
        {
            lines.Add(
                (athlete.GameId, athlete.AthleteId),
                new Dictionary<string, long> { ["a"] = chance.Next(0, 5), ["b"] = chance.Next(0, 3), ["c"] = chance.Next(0, 2) });
        }

        return new FinalStats(ruledOut, lines);
    }
}
