using System.Collections.Frozen;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A definition with its athletes by id, prepared once for the many line-ups that are checked against it.</summary>
/// <param name="published">What was published under the name and version of its rule set; null: nothing, it ships.</param>
public sealed class ContestRules(ContestDefinitionV1 definition, RuleSet? published = null)
{
    private RuleSet? ruleSet;

    public ContestDefinitionV1 Definition { get; } = definition;

    /// <summary>By which it is scored: the one whose hash it names.</summary>
    public RuleSet RuleSet => ruleSet ??= RuleSets.Of(Definition.RuleSet, published)
        ?? throw new InvariantException(
            $"contest {Definition.ContestId}: rule set {Definition.RuleSet.Name} version {Definition.RuleSet.Version} with hash "
                + $"{Definition.RuleSet.Hash} neither ships nor was published");

    public FrozenDictionary<string, PoolAthleteV1> Athletes { get; } = definition.Athletes.ToFrozenDictionary(
        a => a.AthleteId, StringComparer.Ordinal);
}
