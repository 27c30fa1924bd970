using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>What becomes of a rule set that is to be published.</summary>
public abstract record RulesDecision
{
    private RulesDecision() { }

    /// <summary>It is new, or says more of what is ignored or why another is newer.</summary>
    public sealed record Publish(int Edition) : RulesDecision;

    /// <summary>It stands there word for word.</summary>
    public sealed record Again : RulesDecision;

    /// <param name="Contradicts">It is another one under a name and version that are taken: somebody has to be told.</param>
    public sealed record Refuse(string Reason, RuleFault Fault, bool Contradicts) : RulesDecision;
}

/// <summary>Judges a rule set that is to be published. Pure.</summary>
public static class DecideRules
{
    /// <param name="standing">What was published under the name and version; null: nothing.</param>
    /// <param name="edition">Of <paramref name="standing"/>.</param>
    public static RulesDecision Decide(PublishRulesV1 command, RuleSet? standing, int edition)
    {
        var rules = command.RuleSet;
        if (!IdRules.IsId(command.CommandId))
            return Refuse(Reasons.InvalidId, new RuleFault("commandId", IdRules.IdExpected, command.CommandId));
        if (!IdRules.IsClean(command.IssuedBy))
            return Refuse(Reasons.InvalidText, new RuleFault("issuedBy", "text without control characters", "others"));
        if (ValidateRuleSet.Check(rules) is [var fault, ..])
            return Refuse(Reasons.RuleSetInvalid, fault with { Field = $"ruleSet.{fault.Field}" });
        if (RuleSets.Find(rules.Name, rules.Version) is { } shipped)
            return Refuse(Reasons.RuleSetExists,
                new RuleFault("ruleSet.version", "a name and version that do not ship with the product",
                    $"{rules.Name} version {rules.Version}"),
                contradicts: RuleSets.Ref(shipped) != RuleSets.Ref(rules));
        if (standing is null) return new RulesDecision.Publish(1);
        if (RuleSets.Ref(standing) is var known && known != RuleSets.Ref(rules))
            return Refuse(Reasons.RuleSetExists,
                new RuleFault("ruleSet.version", $"a further version: {rules.Name} version {rules.Version} has hash {known.Hash}",
                    $"another one with hash {RuleSets.Ref(rules).Hash}"), contradicts: true);
        if (CanonicalHash.Of(standing) == CanonicalHash.Of(rules)) return new RulesDecision.Again();
        return (standing.Ignores ?? []).Except(rules.Ignores ?? [], StringComparer.Ordinal).FirstOrDefault() is { } gone
            ? Refuse(Reasons.RuleSetExists,
                new RuleFault("ruleSet.ignores", $"{gone}, which the edition before ignores", "a list without it"),
                contradicts: true)
            : new RulesDecision.Publish(edition + 1);
    }

    private static RulesDecision.Refuse Refuse(string reason, RuleFault fault, bool contradicts = false) =>
        new(reason, fault, contradicts);
}
