namespace ContestPipeline.Contracts;

/// <summary>One topic as it must exist at the broker.</summary>
/// <param name="Partitions">Number of partitions; a change needs a new topic version, because keys would move.</param>
/// <param name="RetentionDays">Days a record is kept; 0 for a compacted topic, which keeps the last record of each key.</param>
/// <param name="CompactionLagDays">Days in which a compacted topic keeps every record all the same.</param>
/// <param name="Codec">How the broker keeps its records, as in Kafka's <c>compression.type</c>: <see cref="Gzip"/> where every
/// client must be able to read it, <see cref="AsSent"/>, which is LZ4, where the pipeline itself reads a great deal.</param>
public sealed record TopicSpec(string Name, int Partitions, int RetentionDays, bool Compacted = false,
    int MaxMessageBytes = 1_000_000, int CompactionLagDays = 0, string Codec = TopicSpec.AsSent)
{
    /// <summary>
    /// The only codec that each common client brings along; those of Node and Python read no LZ4 by themselves.
    /// </summary>
    public const string Gzip = "gzip";

    public const string AsSent = "producer";
}

/// <summary>Every topic of the pipeline, declared once: names, partitions, retention, compaction.</summary>
public static class Topics
{
    public const string FeedGames = "feed.games.v1";
    /// <summary>What Ingestion asks the providers of feeds to send again.</summary>
    public const string FeedRecovery = "feed.recovery.v1";
    public const string ContestCommands = "contest.commands.v1";

    /// <summary>What only operators may say of contests: that they are, are cancelled, are ranked anew.</summary>
    public const string ContestOperations = "contest.operations.v1";
    public const string StripeWebhooks = "stripe.webhooks.v1";
    public const string StatLines = "stats.lines.v1";
    public const string Standings = "contests.standings.v1";
    public const string Lifecycle = "contests.lifecycle.v1";

    /// <summary>Rule sets that were published while the workers run, each under its name and version for good.</summary>
    public const string Rules = "contest.rules.v1";
    public const string ContestEvents = "contest.events.v1";
    public const string Results = "contests.results.v1";
    public const string PayoutEvents = "payouts.events.v1";
    public const string PaymentEvents = "payments.events.v1";
    public const string Notifications = "notifications.v1";
    public const string Alerts = "alerts.v1";

    /// <summary>
    /// Of the input topics' rejected messages: one of the largest size is 1,333,336 characters there, as base64, beside its
    /// headers and the reason. Of a larger one, which was compressed on its way, a part is rejected.
    /// </summary>
    private const int RejectedBytesMax = 2_000_000;

    /// <summary>Days the inbox remembers a message; longer than any topic keeps one.</summary>
    public const int InboxDays = 16;

    public static IReadOnlyList<TopicSpec> All { get; } =
    [
        new(FeedGames, 8, 14), RejectedOf(FeedGames), new(FeedRecovery, 8, 14, Codec: TopicSpec.Gzip),
        new(ContestCommands, 8, 14), RejectedOf(ContestCommands),
        new(ContestOperations, 8, 14), RejectedOf(ContestOperations),
        new(StripeWebhooks, 8, 14, Codec: TopicSpec.Gzip), RejectedOf(StripeWebhooks),
        // A completion names line versions: Settlement must find each as long as it can find the completion.
        new(StatLines, 8, 0, Compacted: true, CompactionLagDays: 14),
        new(Standings, 8, 0, Compacted: true),
        new(Lifecycle, 8, 0, Compacted: true, Codec: TopicSpec.Gzip),
        new(Rules, 8, 0, Compacted: true, Codec: TopicSpec.Gzip),
        new(ContestEvents, 8, 14),
        new(Results, 8, 14),
        new(PayoutEvents, 8, 14, Codec: TopicSpec.Gzip),
        new(PaymentEvents, 8, 14, Codec: TopicSpec.Gzip),
        new(Notifications, 8, 14, Codec: TopicSpec.Gzip),
        new(Alerts, 1, 14, Codec: TopicSpec.Gzip),
    ];

    /// <summary>
    /// Where a message of an input topic goes that cannot be understood: with the reason, the field and its original bytes.
    /// </summary>
    public static string Rejected(string topic) => topic + ".rejected";

    private static TopicSpec RejectedOf(string topic) =>
        new(Rejected(topic), 1, 14, MaxMessageBytes: RejectedBytesMax, Codec: TopicSpec.Gzip);

    public static TopicSpec Find(string name) =>
        All.FirstOrDefault(t => t.Name == name)
            ?? throw new ArgumentException($"topic {name} is not declared in Topics.All", nameof(name));
}
