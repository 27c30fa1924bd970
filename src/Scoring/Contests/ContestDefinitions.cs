using System.Collections.Concurrent;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>Definitions prepared for use, kept in memory: they never change, and the hash names exactly one.</summary>
public sealed class ContestDefinitions
{
    private const int KeptMax = 1_000;

    private readonly ConcurrentDictionary<string, ContestRules> known = new(StringComparer.Ordinal);

    public async Task<ContestRules> Find(string contestId, string definitionHash, Tx tx) =>
        known.TryGetValue(definitionHash, out var rules) ? rules : await Read(contestId, definitionHash, tx);

    /// <summary>As <see cref="Find"/>, with what its rule set ignores by now.</summary>
    public async Task<ContestRules> Read(string contestId, string definitionHash, Tx tx)
    {
        var body = await tx.Definition(contestId);
        var definition = WireJson.Read<ContestDefinitionV1>(System.Text.Encoding.UTF8.GetBytes(body));
        var isShipped = RuleSets.Find(definition.RuleSet.Name, definition.RuleSet.Version) is { } shipped
            && RuleSets.Ref(shipped) == definition.RuleSet;
        var rules = new ContestRules(definition, isShipped ? null : await tx.RuleSetNamed(definition.RuleSet));
        if (known.Count >= KeptMax) known.Clear();
        known[definitionHash] = rules;
        return rules;
    }
}
