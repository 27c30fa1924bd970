using System.Collections.Concurrent;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>Definitions prepared for use, kept in memory: they never change, and the hash names exactly one.</summary>
public sealed class ContestDefinitions
{
    private const int KeptMax = 1_000;

    private readonly ConcurrentDictionary<string, ContestRules> known = new(StringComparer.Ordinal);

    public async Task<ContestRules> Find(string contestId, string definitionHash, Tx tx)
    {
        if (known.TryGetValue(definitionHash, out var rules)) return rules;
        var body = await tx.Definition(contestId);
        rules = new ContestRules(WireJson.Read<ContestDefinitionV1>(System.Text.Encoding.UTF8.GetBytes(body)));
        if (known.Count >= KeptMax) known.Clear();
        known[definitionHash] = rules;
        return rules;
    }
}
