namespace ContestPipeline.Contracts;

/// <summary>
/// Makes a rule set known to all workers, for contests that name it. Answer: <see cref="RulesPublishedV1"/>, or a rejection on
/// the topic's <c>.rejected</c>.
/// </summary>
/// <remarks>
/// Key: <c>name/version</c>. Consumer: Scoring. A version is never replaced: the same again gets the same answer, another is
/// rejected, unless it only ignores more stats or says another note.
/// </remarks>
[Wire("rules.publish.v1", Topics.ContestOperations)]
public sealed record PublishRulesV1(string CommandId, RuleSet RuleSet, string IssuedBy) : IMessage
{
    public string IdempotencyKey => $"command/{CommandId}";
    public string PartitionKey => RuleSet.Name;
    public string RecordKey => $"{RuleSet.Name}/{RuleSet.Version}";
}

/// <summary>A rule set that contests may name by its name, version and hash.</summary>
/// <remarks>
/// Key: <c>name/version</c>, of which there is one record with one hash for good. Producer: Scoring. Consumers: Settlement,
/// front ends.
/// </remarks>
/// <param name="Edition">1, and one more each time that it ignores more stats or says another note; the hash stays.</param>
/// <param name="At">When it was ordered.</param>
[Wire("rules.published.v1", Topics.Rules)]
public sealed record RulesPublishedV1(RuleSet RuleSet, string Hash, [Between(1)] int Edition, string IssuedBy, DateTimeOffset At)
    : IMessage
{
    public string IdempotencyKey => $"rules-published/{RecordKey}/{Edition}";
    public string PartitionKey => RuleSet.Name;
    public string RecordKey => $"{RuleSet.Name}/{RuleSet.Version}";
}
