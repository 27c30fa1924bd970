namespace ContestPipeline.Contracts;

/// <summary>The stats that a rule set uses or knowingly ignores. Any other is a typing error or of another sport. Pure.</summary>
public static class KnownStats
{
    public static IReadOnlySet<string> Of(RuleSet rules)
    {
        var named = rules.Weights.Keys
            .Concat(rules.Derived.Values.SelectMany(parts => parts.Keys))
            .Concat(rules.Bonuses.Select(b => b.Stat))
            .Concat(rules.Steps.SelectMany(t => (string[])[t.Stat, t.WhenStat]))
            .Concat((rules.Combinations ?? []).SelectMany(c => c.Conditions).Select(c => c.Stat))
            .Concat(rules.Ignores ?? []);
        return named.Where(stat => !rules.Derived.ContainsKey(stat)).ToHashSet(StringComparer.Ordinal);
    }

    /// <returns>The known name with the fewest letters to change, of several the first; null: none is like it at all.</returns>
    public static string? Nearest(IEnumerable<string> known, string stat) => known
        .Select(name => (Name: name, Changes: Changes(name, stat)))
        .Where(n => n.Changes <= Math.Max(n.Name.Length, stat.Length) / 2)
        .OrderBy(n => n.Changes).ThenBy(n => n.Name, StringComparer.Ordinal)
        .Select(n => n.Name).FirstOrDefault();

    /// <summary>Letters to add, take away or replace, small or capital alike (Levenshtein).</summary>
    private static int Changes(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
