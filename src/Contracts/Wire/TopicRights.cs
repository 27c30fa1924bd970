using System.Collections.Frozen;

namespace ContestPipeline.Contracts;

/// <summary>Who writes a topic and who reads it: names of <see cref="Principals"/>.</summary>
public sealed record TopicRight(string Topic, IReadOnlyList<string> Writers, IReadOnlyList<string> Readers);

/// <summary>Everybody who signs in at the broker: the workers by their names, and those outside.</summary>
public static class Principals
{
    public const string Ingestion = "ingestion";
    public const string Scoring = "scoring";
    public const string Settlement = "settlement";
    public const string Payout = "payout";

    /// <summary>Providers of feeds.</summary>
    public const string Feed = "feed";

    /// <summary>Front ends: entries of players in, events and standings out.</summary>
    public const string Front = "front";

    /// <summary>contestctl, replays apart: reads everything, writes input topics.</summary>
    public const string Operator = "operator";

    /// <summary>contestctl replay run: whoever has it can write every topic.</summary>
    public const string Replay = "replay";

    public static IReadOnlyList<string> Workers { get; } = [Ingestion, Scoring, Settlement, Payout];

    public static IReadOnlyList<string> All { get; } = [.. Workers, Feed, Front, Operator, Replay];
}

/// <summary>
/// Who may write and read which topic, declared once: the outbox takes nothing else, the database neither, consumers ask messages
/// of our own topics for their source, and the broker's ACLs are made from it.
/// </summary>
public static class TopicRights
{
    private static readonly string[] s_none = [];

    private static readonly FrozenDictionary<string, TopicRight> s_byTopic = Declared()
        .ToFrozenDictionary(r => r.Topic, StringComparer.Ordinal);

    public static IReadOnlyList<TopicRight> All { get; } = [.. Topics.All.Select(t => Of(t.Name))];

    /// <exception cref="ArgumentException">Nobody has said who writes and reads it.</exception>
    public static TopicRight Of(string topic) =>
        s_byTopic.GetValueOrDefault(topic)
            ?? throw new ArgumentException($"nobody may write topic {topic}: it is not declared in TopicRights", nameof(topic));

    /// <summary>
    /// False: a worker of this name is declared, and the topic is not its own to write, or no topic of ours at all. A worker that
    /// is none of the pipeline's is bound by nothing here.
    /// </summary>
    public static bool MaySend(string worker, string topic) =>
        !Principals.Workers.Contains(worker) || (s_byTopic.TryGetValue(topic, out var right) && right.Writers.Contains(worker));

    /// <summary>
    /// Whether a worker writes or reads the topic; one that is none of the pipeline's may do either with every topic.
    /// </summary>
    public static bool Concerns(TopicRight right, string worker) =>
        !Principals.Workers.Contains(worker) || right.Writers.Contains(worker) || right.Readers.Contains(worker);

    /// <summary>Topics that a worker writes, in the order of <see cref="Topics.All"/>.</summary>
    public static IReadOnlyList<string> WrittenBy(string worker) =>
        [.. All.Where(r => r.Writers.Contains(worker)).Select(r => r.Topic)];

    /// <summary><c>ce_source</c> of everything that a worker sends.</summary>
    public static string SourceOf(string worker) => "contestpipeline/" + worker;

    /// <summary>
    /// The values of <c>ce_source</c> that messages of a topic may have; none: producers from outside name themselves.
    /// </summary>
    public static IReadOnlyList<string> SourcesOf(string topic) => topic switch
    {
        Topics.FeedGames or Topics.ContestCommands or Topics.ContestOperations => s_none,
        Topics.StripeWebhooks => ["stripe/platform", "stripe/connect"],
        _ => s_byTopic.TryGetValue(topic, out var right)
            ? [.. right.Writers.Where(w => Principals.Workers.Contains(w)).Select(SourceOf)] : s_none,
    };

    private static IEnumerable<TopicRight> Declared()
    {
        yield return Input(Topics.FeedGames, [Principals.Feed, Principals.Operator], Principals.Ingestion);
        yield return Refused(Topics.FeedGames, Principals.Ingestion, Principals.Feed);
        yield return Own(Topics.FeedRecovery, Principals.Ingestion, Principals.Feed);
        yield return Input(Topics.ContestCommands, [Principals.Front, Principals.Operator], Principals.Scoring);
        yield return Refused(Topics.ContestCommands, Principals.Scoring, Principals.Front);
        yield return Input(Topics.ContestOperations, [Principals.Operator], Principals.Scoring);
        yield return new TopicRight(Topics.Rejected(Topics.ContestOperations), [Principals.Scoring, Principals.Replay],
            [Principals.Operator, Principals.Replay]);
        yield return Input(Topics.StripeWebhooks, [Principals.Ingestion, Principals.Operator], Principals.Payout);
        yield return Refused(Topics.StripeWebhooks, Principals.Payout, Principals.Ingestion);
        yield return Own(Topics.StatLines, Principals.Ingestion, Principals.Scoring, Principals.Settlement);
        yield return Own(Topics.Standings, Principals.Scoring, Principals.Front);
        yield return Own(Topics.Lifecycle, Principals.Scoring, Principals.Front);
        yield return Own(Topics.Rules, Principals.Scoring, Principals.Settlement, Principals.Front);
        // Scoring reads back what it said when its database went back.
        yield return Own(Topics.ContestEvents, Principals.Scoring, Principals.Scoring, Principals.Settlement, Principals.Payout,
            Principals.Front);
        yield return Own(Topics.Results, Principals.Settlement, Principals.Scoring, Principals.Payout, Principals.Front);
        yield return Own(Topics.PayoutEvents, Principals.Payout, Principals.Scoring, Principals.Payout, Principals.Front);
        yield return Own(Topics.PaymentEvents, Principals.Payout, Principals.Scoring, Principals.Front);
        yield return Own(Topics.Notifications, Principals.Payout, Principals.Payout, Principals.Front);
        yield return new TopicRight(Topics.Alerts, [.. Principals.Workers, Principals.Replay],
            [.. Principals.Workers, Principals.Operator, Principals.Replay]);
    }

    private static TopicRight Input(string topic, IReadOnlyList<string> writers, string reader) =>
        new(topic, [.. writers, Principals.Replay], [reader, Principals.Operator, Principals.Replay]);

    private static TopicRight Refused(string topic, string writer, string reader) =>
        new(Topics.Rejected(topic), [writer, Principals.Replay], [reader, Principals.Operator, Principals.Replay]);

    private static TopicRight Own(string topic, string writer, params string[] readers) =>
        new(topic, [writer, Principals.Replay], [.. readers, Principals.Operator, Principals.Replay]);
}
