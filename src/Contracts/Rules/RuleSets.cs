using System.Collections.Frozen;

namespace ContestPipeline.Contracts;

/// <summary>
/// The rule sets that ship with the product (Rules/*.json), found by name and version. Versions are never edited, only added:
/// what one ignores may grow, and a note may say which version replaces it.
/// </summary>
public static class RuleSets
{
    private static readonly FrozenDictionary<(string, int), RuleSet> s_all = Load().ToFrozenDictionary(r => (r.Name, r.Version));

    public static IEnumerable<RuleSet> All => s_all.Values.OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Version);

    /// <returns>Null when no such rule set ships.</returns>
    public static RuleSet? Find(string name, int version) => s_all.GetValueOrDefault((name, version));

    /// <summary>
    /// Of two sets under one name and version, which only another release or an error can bring about, the hash says which is
    /// meant.
    /// </summary>
    /// <param name="published">What was published under the name and version while the workers run; null: nothing.</param>
    /// <returns>Exactly the rule set that is referred to; null: it neither ships nor is that.</returns>
    public static RuleSet? Of(RuleSetRefV1 reference, RuleSet? published) =>
        new[] { Find(reference.Name, reference.Version), published }
            .FirstOrDefault(rules => rules is not null && Ref(rules) == reference);

    /// <summary>The reference a contest definition carries.</summary>
    public static RuleSetRefV1 Ref(RuleSet rules) =>
        new(rules.Name, rules.Version, CanonicalHash.Of(rules with { Ignores = null, Note = null }));

    private static IEnumerable<RuleSet> Load()
    {
        var assembly = typeof(RuleSets).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            yield return WireJson.Read<RuleSet>(buffer.ToArray());
        }
    }
}
