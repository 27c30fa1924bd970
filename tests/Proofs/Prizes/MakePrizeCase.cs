using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>
/// Makes contests of every prize structure with many ties, none to hundreds of entrants, small and huge money, every fee and
/// rake. Seeded.
/// </summary>
internal static class MakePrizeCase
{
    private static readonly DateTimeOffset s_lock = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);

    public static PrizeCase Of(ulong seed)
    {
        var chance = new SeededRandom(seed);
        var activity = chance.Chance(15);
        var games = Names("game", activity ? 1 : chance.Next(1, 4));
        var athletes = activity ? [] : Names("ath", chance.Next(3, 10))
            .Select(a => new PoolAthleteV1(a, a, ["ANY"], "team", chance.Pick(games), 1_000)).ToArray();
        var slots = activity ? [new RosterSlotV1("PLAYER", [ContestKinds.PlayerPosition])]
            : Names("S", chance.Next(1, 4))
                .Select(s => new RosterSlotV1(s, ["ANY"], chance.Chance(25) ? chance.Pick<int>([50, 133, 150, 200]) : 100))
                .ToArray();
        var entries = activity ? Players(chance) : Lineups(chance, athletes, slots.Length);
        var rules = Rules(chance);
        var (prizes, guaranteedMinor) = MakePrizes.Of(chance);
        var definition = new ContestDefinitionV1(
            string.Create(CultureInfo.InvariantCulture, $"contest{seed}"), "A case",
            activity ? ContestKinds.Activity : ContestKinds.Lineup, "usd", EntryFee(chance), 10_000, activity ? 1 : 1_000, 0,
            guaranteedMinor, s_lock, games, RuleSets.Ref(rules), new RosterV1(slots, null, 0, 0, null, !activity), athletes,
            prizes, Bps(chance), Bps(chance), 0, "freeze", false, 0, "test");
        return new PrizeCase(seed, definition, rules, entries, Lines(chance, games[0], athletes, entries, activity),
            [.. games.Where(_ => chance.Chance(15))]);
    }

    private static string[] Names(string prefix, int count) =>
        [.. Enumerable.Range(1, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"{prefix}{n}"))];

    private static RuleSet Rules(SeededRandom chance) => new(
        "points", 1, "test", "made up", 2,
        new Dictionary<string, long> { ["a"] = chance.Next(-3, 10), ["b"] = chance.Next(1, 5), ["c"] = 100 },
        new Dictionary<string, IReadOnlyDictionary<string, long>>(), [new Bonus("a", 3, 7)], []);

    private static int Count(SeededRandom chance) => chance.Next(100) switch
    {
        < 4 => 0,
        < 45 => chance.Next(1, 6),
        < 98 => chance.Next(1, 40),
        _ => chance.Next(40, 300),
    };

    private static long EntryFee(SeededRandom chance) => chance.Next(10) switch
    {
        < 3 => 0,
        < 8 => chance.Next(1, 5_000),
        8 => chance.Next(1, 100_000_000),
        _ => PrizeRules.MoneyMaxMinor / 10_000 - chance.Next(1_000),
    };

    private static int Bps(SeededRandom chance) => chance.Next(10) switch
    {
        < 3 => 0,
        < 7 => chance.Next(1, 3_000),
        < 9 => chance.Next(1, PrizeRules.BpsTotal),
        _ => PrizeRules.BpsTotal,
    };

    private static List<CaseEntry> Lineups(SeededRandom chance, PoolAthleteV1[] athletes, int slots)
    {
        var count = Count(chance);
        var players = Names("player", chance.Next(1, 1 + Math.Max(1, count)));
        var numbers = Numbers(chance, count);
        var entries = new List<CaseEntry>(count);
        for (var i = 0; i < count; i++)
        {
            IReadOnlyList<string> lineup = entries.Count > 0 && chance.Chance(40) ? chance.Pick(entries).Lineup
                : chance.Chance(8) ? [] : [.. Enumerable.Range(0, slots).Select(_ => chance.Pick(athletes).AthleteId)];
            entries.Add(
                new CaseEntry(string.Create(CultureInfo.InvariantCulture, $"e{i}"), chance.Pick(players), numbers[i], lineup));
        }

        return entries;
    }

    private static List<CaseEntry> Players(SeededRandom chance)
    {
        var count = Count(chance);
        var numbers = Numbers(chance, count);
        return [.. Names("player", count)
            .Select((p, i) => new CaseEntry(string.Create(CultureInfo.InvariantCulture, $"e{i}"), p, numbers[i], [p]))];
    }

    private static List<long> Numbers(SeededRandom chance, int count)
    {
        var numbers = Enumerable.Range(1, count).Select(n => (long)n).ToList();
        chance.Shuffle(numbers);
        return numbers;
    }

    private static List<CaseLine> Lines(
        SeededRandom chance, string stream, PoolAthleteV1[] athletes, List<CaseEntry> entries, bool activity)
    {
        var named = activity ? entries.Select(e => (stream, e.Player)) : athletes.Select(a => (a.GameId, a.AthleteId));
        return [.. named.Where(_ => chance.Chance(85)).Select(n => new CaseLine(n.Item1, n.Item2,
            new Dictionary<string, long> { ["a"] = chance.Next(0, 5), ["b"] = chance.Next(0, 3), ["c"] = chance.Next(-1, 2) }))];
    }
}
