using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl;

/// <summary>Reads what the topics say about one contest.</summary>
internal sealed class ContestFacts(TopicReader reader)
{
    private readonly LegibleRecords records = new(reader);

    /// <summary>Every message about the contest on a topic, in order. Messages that are none of ours are left out.</summary>
    public IEnumerable<IMessage> On(string topic, string contestId, CancellationToken ct) =>
        Messages(topic, e => e.Key == contestId, ct);

    /// <summary>All lines of the games named, all their versions.</summary>
    public IEnumerable<IMessage> Lines(IReadOnlySet<string> gameIds, CancellationToken ct) =>
        Messages(Topics.StatLines, e => gameIds.Contains(e.Key.Split('/')[0]), ct);

    /// <summary>Rule sets that were published while the workers run, each as it is now.</summary>
    public IReadOnlyList<RulesPublishedV1> Rules(CancellationToken ct) =>
        [.. Messages(Topics.Rules, _ => true, ct).OfType<RulesPublishedV1>().GroupBy(r => r.RecordKey, StringComparer.Ordinal)
            .Select(r => r.MaxBy(published => published.Edition)!).OrderBy(r => r.RuleSet.Name, StringComparer.Ordinal)
            .ThenBy(r => r.RuleSet.Version)];

    private IEnumerable<IMessage> Messages(string topic, Func<Envelope, bool> wanted, CancellationToken ct) =>
        records.On(topic, wanted, ct).Select(r => r.Message);
}
