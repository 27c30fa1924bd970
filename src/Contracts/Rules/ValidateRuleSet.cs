using System.Text.RegularExpressions;

namespace ContestPipeline.Contracts;

/// <summary>What is wrong with a member of a rule set.</summary>
/// <param name="Field">Its path: <c>bonuses[1].stat</c>.</param>
/// <param name="Expected">In words.</param>
/// <param name="Got">What stands there, or why it cannot.</param>
public sealed record RuleFault(string Field, string Expected, string Got)
{
    public override string ToString() => $"{Field}: expected {Expected}; got {Got}";
}

/// <summary>Whether a rule set may score contests: complete, without contradictions, and never out of 64 bits. Pure.</summary>
public static partial class ValidateRuleSet
{
    public const int ScaleMax = 4;

    /// <summary>Points of one rule, in units of the scale, either way.</summary>
    public const long PointsMax = 10_000_000;

    public const int StatsMax = 500;
    public const int RulesMax = 200;
    public const int TextCharsMax = 500;

    /// <summary>A threshold beyond this is beyond every line.</summary>
    public const long ThresholdMax = FeedLimits.TotalMax;

    private const string NameExpected = "1 to 64 small letters, digits and hyphens, a letter or digit first";

    /// <returns>Everything that is wrong, in the order of the members; empty when the rule set may be used.</returns>
    public static IReadOnlyList<RuleFault> Check(RuleSet rules) => Nulls(rules).ToArray() is { Length: > 0 } nulls
        ? nulls
        : [.. Identity(rules), .. Weights(rules), .. Derived(rules), .. Bonuses(rules), .. Steps(rules), .. Ignores(rules),
            .. Combinations(rules), .. Whole(rules)];

    /// <summary>The elements of lists, which the reader lets be null.</summary>
    private static IEnumerable<RuleFault> Nulls(RuleSet rules) =>
        Nulls("bonuses", rules.Bonuses).Concat(Nulls("steps", rules.Steps)).Concat(Nulls("ignores", rules.Ignores ?? []))
            .Concat(Nulls("combinations", rules.Combinations ?? []))
            .Concat(rules.Steps.OfType<StepTable>().SelectMany(t => Nulls("steps[].steps", t.Steps)))
            .Concat((rules.Combinations ?? []).OfType<Combination>()
                .SelectMany(c => Nulls("combinations[].conditions", c.Conditions)))
            .Concat(rules.Derived.Where(d => d.Value is null).Select(d => new RuleFault($"derived.{d.Key}", "parts", "null")));

    private static IEnumerable<RuleFault> Nulls<T>(string field, IReadOnlyList<T> list) where T : class? =>
        list.Contains(null!) ? [new RuleFault(field, "no null in it", "null")] : [];

    private static IEnumerable<RuleFault> Identity(RuleSet rules)
    {
        if (!Name().IsMatch(rules.Name)) yield return new RuleFault("name", NameExpected, $"'{rules.Name}'");
        if (rules.Version < 1) yield return new RuleFault("version", "1 or more", $"{rules.Version}");
        if (!Name().IsMatch(rules.Sport)) yield return new RuleFault("sport", NameExpected, $"'{rules.Sport}'");
        if (rules.Source.Length is 0 or > TextCharsMax || rules.Source.Any(char.IsControl))
            yield return new RuleFault("source", $"1 to {TextCharsMax} characters: who published these rules, and when",
                $"{rules.Source.Length} characters");
        if (rules.Note is { } note && (note.Length is 0 or > TextCharsMax || note.Any(char.IsControl)))
            yield return new RuleFault("note", $"1 to {TextCharsMax} characters, or nothing", $"{note.Length} characters");
        if (rules.Scale is < 0 or > ScaleMax)
            yield return new RuleFault("scale", $"0 to {ScaleMax} digits after the point", $"{rules.Scale}");
    }

    private static IEnumerable<RuleFault> Weights(RuleSet rules)
    {
        if (rules.Weights.Count > StatsMax)
            yield return new RuleFault("weights", $"{StatsMax} stats at most", $"{rules.Weights.Count}");
        var looked = Looked(rules).ToHashSet(StringComparer.Ordinal);
        foreach (var (stat, weight) in rules.Weights)
        {
            var field = $"weights.{stat}";
            if (Stat(field, stat) is { } bad) yield return bad;
            if (Points(field, weight) is { } beyond) yield return beyond;
            if (rules.Derived.ContainsKey(stat))
                yield return new RuleFault(field, "a stat of the feed", "one that is derived, which bonuses and steps alone see");
            if (weight == 0 && !looked.Contains(stat))
                yield return new RuleFault(field, "points, or a bonus that looks at it", "0: it belongs to ignores");
        }
    }

    private static IEnumerable<RuleFault> Derived(RuleSet rules)
    {
        var looked = Looked(rules).ToHashSet(StringComparer.Ordinal);
        foreach (var (stat, parts) in rules.Derived)
        {
            var field = $"derived.{stat}";
            if (Stat(field, stat) is { } bad) yield return bad;
            if (!looked.Contains(stat)) yield return new RuleFault(field, "a stat that a bonus or a step names", "none does");
            if (parts.Count is 0 or > StatsMax)
                yield return new RuleFault(field, $"1 to {StatsMax} parts", $"{parts.Count}");
            foreach (var (part, weight) in parts)
            {
                if (Stat($"{field}.{part}", part) is { } badPart) yield return badPart;
                if (rules.Derived.ContainsKey(part))
                    yield return new RuleFault($"{field}.{part}", "a stat of the feed", "one that is derived itself");
                if (weight == 0 || Points($"{field}.{part}", weight) is not null)
                    yield return new RuleFault($"{field}.{part}", $"a weight of 1 to {PointsMax}, either way", $"{weight}");
            }
        }
    }

    private static IEnumerable<RuleFault> Bonuses(RuleSet rules)
    {
        if (rules.Bonuses.Count > RulesMax)
            yield return new RuleFault("bonuses", $"{RulesMax} at most", $"{rules.Bonuses.Count}");
        var seen = new HashSet<(string, long)>();
        for (var i = 0; i < rules.Bonuses.Count; i++)
        {
            var (field, bonus) = ($"bonuses[{i}]", rules.Bonuses[i]);
            if (Used(rules, $"{field}.stat", bonus.Stat) is { } unused) yield return unused;
            if (bonus.AtLeast is < 1 or > ThresholdMax)
                yield return new RuleFault($"{field}.atLeast", $"1 to {ThresholdMax}", $"{bonus.AtLeast}");
            if (Given($"{field}.points", bonus.Points) is { } none) yield return none;
            if (!seen.Add((bonus.Stat, bonus.AtLeast)))
                yield return new RuleFault(field, "one bonus a threshold", $"a second one for {bonus.Stat} of {bonus.AtLeast}");
        }
    }

    private static IEnumerable<RuleFault> Steps(RuleSet rules)
    {
        if (rules.Steps.Count > RulesMax) yield return new RuleFault("steps", $"{RulesMax} at most", $"{rules.Steps.Count}");
        for (var i = 0; i < rules.Steps.Count; i++)
        {
            var (field, table) = ($"steps[{i}]", rules.Steps[i]);
            if (Stat($"{field}.stat", table.Stat) is { } bad) yield return bad;
            if (Stat($"{field}.whenStat", table.WhenStat) is { } badWhen) yield return badWhen;
            if (rules.Derived.ContainsKey(table.WhenStat))
                yield return new RuleFault($"{field}.whenStat", "a stat of the feed", "one that is derived");
            if (table.Steps.Count is 0 or > RulesMax || table.Steps[^1].UpTo is not null)
                yield return new RuleFault($"{field}.steps", $"1 to {RulesMax} steps, the last without upTo",
                    $"{table.Steps.Count}{(table.Steps.Count > 0 ? $", the last up to {table.Steps[^1].UpTo}" : "")}");
            for (var s = 0; s < table.Steps.Count; s++)
            {
                if (Points($"{field}.steps[{s}].points", table.Steps[s].Points) is { } beyond) yield return beyond;
                if (s < table.Steps.Count - 1 && !(table.Steps[s].UpTo < (table.Steps[s + 1].UpTo ?? long.MaxValue)))
                    yield return new RuleFault($"{field}.steps[{s}].upTo", "less than that of the step behind it",
                        $"{table.Steps[s].UpTo?.ToString() ?? "none"}");
            }
        }
    }

    private static IEnumerable<RuleFault> Ignores(RuleSet rules)
    {
        var used = KnownStats.Of(rules with { Ignores = null });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (rules.Ignores?.Count ?? 0); i++)
        {
            var (field, stat) = ($"ignores[{i}]", rules.Ignores![i]);
            if (Stat(field, stat) is { } bad) yield return bad;
            else if (!seen.Add(stat)) yield return new RuleFault(field, "each stat once", $"{stat} a second time");
            else if (used.Contains(stat) || rules.Derived.ContainsKey(stat))
                yield return new RuleFault(field, "a stat that no rule uses", stat);
        }
    }

    private static IEnumerable<RuleFault> Combinations(RuleSet rules)
    {
        if (rules.Combinations is not { } combinations) yield break;
        if (combinations.Count is 0 or > RulesMax)
            yield return new RuleFault("combinations", $"1 to {RulesMax}, or nothing", $"{combinations.Count}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < combinations.Count; i++)
        {
            var (field, combination) = ($"combinations[{i}]", combinations[i]);
            if (!Name().IsMatch(combination.Name)) yield return new RuleFault($"{field}.name", NameExpected, combination.Name);
            if (!names.Add(combination.Name)) yield return new RuleFault($"{field}.name", "each name once", combination.Name);
            if (combination.Conditions.Count is < 2 or > RulesMax)
                yield return new RuleFault($"{field}.conditions", $"2 to {RulesMax}", $"{combination.Conditions.Count}");
            if (combination.Needed < 1 || combination.Needed > combination.Conditions.Count)
                yield return new RuleFault(
                    $"{field}.needed", $"1 to {combination.Conditions.Count}, of its conditions", $"{combination.Needed}");
            if (Given($"{field}.points", combination.Points) is { } none) yield return none;
            foreach (var fault in Conditions(rules, $"{field}.conditions", combination)) yield return fault;
        }
    }

    private static IEnumerable<RuleFault> Conditions(RuleSet rules, string field, Combination combination)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < combination.Conditions.Count; i++)
        {
            var condition = combination.Conditions[i];
            if (Used(rules, $"{field}[{i}].stat", condition.Stat) is { } unused) yield return unused;
            if (!seen.Add(condition.Stat)) yield return new RuleFault($"{field}[{i}].stat", "each stat once", condition.Stat);
            if ((condition.AtLeast ?? condition.AtMost) is null || condition.AtLeast > condition.AtMost)
                yield return new RuleFault($"{field}[{i}]", "atLeast, atMost, or both in this order",
                    $"{condition.AtLeast?.ToString() ?? "none"} and {condition.AtMost?.ToString() ?? "none"}");
            if (condition.AtLeast is < -ThresholdMax or > ThresholdMax || condition.AtMost is < -ThresholdMax or > ThresholdMax)
                yield return new RuleFault($"{field}[{i}]", $"thresholds up to {ThresholdMax}, either way", "one beyond");
        }

        if (combination.Conditions.Count(c => c.Holds(0)) >= combination.Needed)
            yield return new RuleFault(field, "conditions that an athlete must do something for",
                "such as hold for one who did nothing");
    }

    private static IEnumerable<RuleFault> Whole(RuleSet rules)
    {
        if (rules.Weights.All(w => w.Value == 0) && rules.Bonuses.Count == 0 && rules.Steps.Count == 0
            && rules.Combinations is null)
            yield return new RuleFault("weights", "at least one rule that gives points", "none");
        if (rules.FloorPoints is { } floor && floor is > 0 or < -PointsMax)
            yield return new RuleFault("floorPoints", $"-{PointsMax} to 0, or nothing", $"{rules.FloorPoints}");
    }

    /// <summary>What bonuses, combinations and steps look at.</summary>
    private static IEnumerable<string> Looked(RuleSet rules) => rules.Bonuses.Select(b => b.Stat)
        .Concat(rules.Steps.Select(s => s.Stat))
        .Concat((rules.Combinations ?? []).SelectMany(c => c.Conditions).Select(c => c.Stat));

    private static RuleFault? Used(RuleSet rules, string field, string stat)
    {
        if (rules.Weights.ContainsKey(stat) || rules.Derived.ContainsKey(stat)) return null;
        var near = KnownStats.Nearest(rules.Weights.Keys.Concat(rules.Derived.Keys), stat);
        return new RuleFault(field, "a stat of weights (0 where it is worth nothing by itself) or derived",
            near is null ? $"'{stat}'" : $"'{stat}'; the nearest is {near}");
    }

    private static RuleFault? Stat(string field, string stat) => StatName().IsMatch(stat)
        ? null : new RuleFault(
            field, $"a stat: 1 to {FeedLimits.IdCharactersMax} ASCII letters, digits, '.', ':', '_' or '-'", $"'{stat}'");

    private static RuleFault? Points(string field, long points) => points is >= -PointsMax and <= PointsMax
        ? null : new RuleFault(field, $"-{PointsMax} to {PointsMax}, in units of the scale", $"{points}");

    private static RuleFault? Given(string field, long points) =>
        points == 0 ? new RuleFault(field, "points other than 0", "0") : Points(field, points);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex Name();

    [GeneratedRegex(FeedLimits.IdPattern)]
    private static partial Regex StatName();
}
