using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>One message as it came, or what stands in its place.</summary>
/// <param name="Place">Where it is, for people.</param>
/// <param name="AtMs">When it came, in milliseconds after the first one.</param>
/// <param name="Id">What repetitions share.</param>
/// <param name="Problem">Why it is none; null: it is one.</param>
internal sealed record FeedEntry(string Place, long AtMs, string Id, IMessage? Message, FeedProblem? Problem)
{
    /// <returns>Everything in a file, in the order of its lines.</returns>
    public static IEnumerable<FeedEntry> Of(FeedFile.Content content) =>
        content.Records.Zip(content.Lines, (record, line) => (Line: line, Entry: new FeedEntry(
                $"line {line}", record.AtMs, record.Id, record.Message, null)))
            .Concat(content.Problems.Select(p => (p.Line, Entry: new FeedEntry($"line {p.Line}", 0, "", null, p.Problem))))
            .OrderBy(e => e.Line).Select(e => e.Entry);

    /// <param name="envelopes">Of feed.games.v1; <c>ce_time</c> is taken for the time at which a message came.</param>
    /// <param name="wanted">Games, by key; none: all.</param>
    public static IEnumerable<FeedEntry> Of(IEnumerable<Envelope> envelopes, IReadOnlySet<string> wanted)
    {
        DateTimeOffset? first = null;
        foreach (var envelope in envelopes.Where(e => wanted.Count == 0 || wanted.Contains(e.Key)))
        {
            first ??= envelope.Time;
            var message = RecordCheck.Message(envelope, out var fault);
            var problem = fault is null ? ValidateFeed.Check(message!) ?? KeyProblem(envelope, message!)
                : new FeedProblem(fault.Reason, fault.Field ?? "$", fault.Expected ?? "", fault.Got ?? "");
            var atMs = (long)(envelope.Time - first.Value).TotalMilliseconds;
            yield return new FeedEntry($"{envelope.Partition}/{envelope.Offset}", atMs, envelope.MessageId.ToString(),
                problem is null ? message : null, problem);
        }
    }

    private static FeedProblem? KeyProblem(Envelope envelope, IMessage message) => envelope.Key == message.PartitionKey ? null
        : new FeedProblem("key-mismatch", "key", message.PartitionKey, envelope.Key);
}
