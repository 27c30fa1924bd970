namespace ContestPipeline.Contracts;

/// <summary>
/// Something a person should know: what, why, and what to do. Ended by <see cref="AlertResolvedV1"/> of the same dedup key and
/// episode.
/// </summary>
/// <remarks>Key: the dedup key. Producers: every worker. Severity is <c>critical</c> or <c>warning</c>.</remarks>
/// <param name="Kind">What happened, as one stable lower-case word with dashes (<c>message-parked</c>).</param>
/// <param name="Subject">What it is about (contest, game, payout or message key).</param>
/// <param name="Episode">How often the key has been raised, this time included; null: the first time. A higher one replaces what
/// a lower one said.</param>
[Wire("alert.raised.v1", Topics.Alerts)]
public sealed record AlertRaisedV1(
    string DedupKey, [OneOf("critical", "warning")] string Severity, string Kind, string Subject, string Cause,
    string RecommendedAction, string RaisedBy, DateTimeOffset RaisedAt, int? Episode = null) : IMessage
{
    public string IdempotencyKey => Episode is { } n ? $"alert/{DedupKey}#{n}" : $"alert/{DedupKey}";
    public string PartitionKey => DedupKey;
}
