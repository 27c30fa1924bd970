using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContestPipeline.Contracts;

/// <summary>
/// A rule set in a file, read more strictly than a message: whoever writes one finds out what was not understood.
/// </summary>
public static class ReadRuleSet
{
    private static readonly JsonSerializerOptions s_strict = new(WireJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    };

    /// <param name="json">UTF-8.</param>
    /// <param name="faults">What is wrong with it, the first thing where it is no JSON of a rule set at all.</param>
    /// <returns>Null when anything is wrong: a member that there is not, a stat named twice, or what
    /// <see cref="ValidateRuleSet"/> refuses.</returns>
    public static RuleSet? Of(ReadOnlySpan<byte> json, out IReadOnlyList<RuleFault> faults)
    {
        try
        {
            var rules = JsonSerializer.Deserialize<RuleSet>(json, s_strict) ?? throw new JsonException("null");
            faults = ValidateRuleSet.Check(rules);
            return faults.Count == 0 ? rules : null;
        }
        catch (JsonException e)
        {
            var field = e.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : "the file";
            faults = [new RuleFault(field, "a rule set as src/Contracts/Schemas/rule-set.json has it", JsonFault.Words(e))];
            return null;
        }
    }
}
