using ContestPipeline.Ingestion;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>The rules that a feed keeps, by name, and what each asks: docs/producers/feed.md in the order of a report.</summary>
internal static class FeedRules
{
    public const string Readable = "readable";
    public const string Numbering = "numbering";
    public const string Gap = "gap";
    public const string Duplicate = "duplicate";
    public const string Disorder = "disorder";
    public const string Revision = "revision";
    public const string Withdrawal = "withdrawal";
    public const string Unofficial = "unofficial";
    public const string Silence = "silence";
    public const string Flood = "flood";
    public const string Correction = "correction";
    public const string UnknownStat = "unknown-stat";
    public const string Box = "box";

    /// <summary>Messages of one game in one second, as after a connection that was lost.</summary>
    public const int FloodMax = 5_000;

    /// <summary>So many in a second are more than a game says by itself.</summary>
    public const int FloodMin = 100;

    /// <summary>What was under way when a game was closed may still come.</summary>
    public const int LateAfterClosedSeconds = 300;

    public static IReadOnlyList<(string Name, string Asks)> All { get; } =
    [
        (Readable, "every message has all its members within their limits"),
        (Numbering, "one number, one message; none is given twice"),
        (Gap, "no number of a game is missing"),
        (Duplicate, "a message that comes again says the same"),
        (Disorder, $"what comes late comes at most {LateAfterClosedSeconds} s after the game was closed"),
        (Revision, "a revision has one content, and a later number no lower revision"),
        (Withdrawal, "what is withdrawn was reported before, and is withdrawn whole"),
        (Unofficial, "no play of a closed game is left unofficial"),
        (Silence, $"a game in progress is never silent for more than {SilenceJob.SilenceSeconds} s"),
        (Flood, $"at most {FloodMax} messages of a game in a second"),
        (Correction, "after a correction of a finished game its box agrees again"),
        (UnknownStat, "the rule set knows every stat (with --rules)"),
        (Box, "a finished game has a box, and plays and box agree"),
    ];
}

/// <summary>A rule that was not kept.</summary>
/// <param name="Place">A line of a file, or partition and offset of a topic; null: the game as a whole.</param>
internal sealed record FeedFinding(string Rule, string? Game, string? Place, string Words)
{
    public override string ToString() =>
        string.Join(": ", new[] { Place, Game is null ? null : $"game {Game}", Rule, Words }.Where(part => part is not null));
}

/// <summary>What became of one rule.</summary>
/// <param name="Verdict">pass, fail, or not-shown: the feed had nothing by which to judge it.</param>
/// <param name="Seen">How often there was something.</param>
/// <param name="Failures">How often it was not kept.</param>
internal sealed record RuleVerdict(string Rule, string Asks, string Verdict, long Seen, int Failures);
