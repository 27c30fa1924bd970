namespace ContestPipeline.Contracts;

/// <summary>
/// What an alert told of is over: the fact that ended it was seen by the worker that raised it, or a person said so.
/// </summary>
/// <remarks>
/// Key: the dedup key, so that it follows what it ends. Producers: every worker. Consumers: Payout, which keeps all alerts, and
/// the worker that raised it.
/// </remarks>
/// <param name="Episode">Of the <see cref="AlertRaisedV1"/> that it ends, 1 for the first; a later episode goes on.</param>
/// <param name="ResolvedBy">The worker, or the person's name.</param>
/// <param name="ByPerson">A person ended it, not a fact.</param>
/// <param name="Because">What ended it, in one sentence.</param>
[Wire("alert.resolved.v1", Topics.Alerts)]
public sealed record AlertResolvedV1(
    string DedupKey, int Episode, string ResolvedBy, bool ByPerson, string Because, DateTimeOffset ResolvedAt) : IMessage
{
    public string IdempotencyKey => $"alert-resolved/{DedupKey}#{Episode}/{(ByPerson ? "person" : "fact")}";
    public string PartitionKey => DedupKey;
}
