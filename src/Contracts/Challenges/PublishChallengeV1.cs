namespace ContestPipeline.Contracts;

/// <summary>
/// The creator of a challenge publishes the draft of it. Answer: <see cref="ContestPublishedV1"/> or
/// <see cref="CommandRejectedV1"/>, as of <see cref="CreateContestV1"/>, which it is judged as.
/// </summary>
/// <remarks>
/// Key: contest id. Producer: Payout. Consumer: Scoring. A challenge pays stakes back and nothing of the house's, so that players
/// may make one; every other contest is made by operators.
/// </remarks>
/// <param name="Definition">Of kind <see cref="ContestKinds.Verified"/>; its creator is <paramref name="CreatorId"/>.</param>
/// <param name="CreatorId">The player, as his token says.</param>
[Wire("challenge.publish.v1", Topics.PaymentEvents)]
public sealed record PublishChallengeV1(string CommandId, string ContestId, ContestDefinitionV1 Definition, string CreatorId)
    : IMessage
{
    public string IdempotencyKey => $"challenge-publish/{CommandId}";
    public string PartitionKey => ContestId;

    /// <returns>Whether it says what Payout alone may say: a challenge of its creator under rules that ship.</returns>
    public bool IsOfCreator() => Definition is { Kind: ContestKinds.Verified, Verified.CreatorId: { } creator }
        && creator == CreatorId && RuleSets.Find(Definition.RuleSet.Name, Definition.RuleSet.Version) is not null
        && IdRules.IsId(CommandId) && IdRules.IsId(ContestId);
}
