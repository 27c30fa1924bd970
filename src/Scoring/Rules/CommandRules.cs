using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>The published rule sets that a batch's contests name.</summary>
internal sealed partial class CommandProcessor
{
    private readonly Dictionary<(string Name, int Version), RuleSet> published = [];

    private async Task LoadRules(IReadOnlyList<IContestCommand> commands, Tx tx)
    {
        var named = commands.OfType<CreateContestV1>().Select(c => (c.Definition.RuleSet.Name, c.Definition.RuleSet.Version))
            .Where(n => RuleSets.Find(n.Name, n.Version) is null).Distinct().ToArray();
        if (named.Length == 0) return;
        foreach (var row in await tx.RuleSetsNamed(named)) published[(row.Name, row.Version)] = row.RuleSet;
    }

    /// <returns>What was published under the name and version that a new contest names; null: nothing.</returns>
    public RuleSet? PublishedRules(ContestDefinitionV1 definition) =>
        published.GetValueOrDefault((definition.RuleSet.Name, definition.RuleSet.Version));

    /// <summary>Whether a command is to publish a contest under rules of which nothing is known yet.</summary>
    public bool AwaitsRules(IContestCommand command) => command is CreateContestV1 { Definition: var definition }
        && RuleSets.Find(definition.RuleSet.Name, definition.RuleSet.Version) is null && PublishedRules(definition) is null;
}
