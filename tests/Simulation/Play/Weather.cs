using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// How rough a seed is; percentages but for the crash and what cuts in within a transaction, which are per ten thousand points or
/// statements passed.
/// </summary>
internal sealed record Weather(
    int CrashPerTenThousand, int LostCommitPercent, int StripeFaultPercent, int RepeatPercent, int WebhookLossPercent,
    int InterleavePercent, int RebalancePercent, int OutagePercent, int PausePercent, int StatementPerTenThousand)
{
    /// <summary>Parts of the story rather than of the weather: which of them a seed has, it draws for itself.</summary>
    internal const string Answers = "answers";
    internal const string Clocks = "clocks";
    internal const string ClockJumps = "clock-jumps";
    internal const string Correction = "correction";
    internal const string DatabaseBack = "database-back";
    internal const string Dispute = "dispute";
    internal const string Early = "early";
    internal const string Facts = "facts";
    internal const string Game = "game";
    internal const string Others = "others";
    internal const string OthersBack = "others-back";
    internal const string Poison = "poison";
    internal const string Reads = "reads";
    internal const string Refund = "refund";
    internal const string SecondGame = "second-game";
    internal const string Spending = "spending";
    internal const string Swap = "swap";
    internal const string Wallet = "wallet";

    internal static readonly IReadOnlyList<string> Parts = [Answers, Clocks, ClockJumps, Correction, DatabaseBack, Dispute, Early,
        Facts, Game, Others, OthersBack, Poison, Reads, Refund, SecondGame, Spending, Swap, Wallet,
        "crash", "commit", "stripe", "repeat", "webhook",
        "interleave", "rebalance", "outage", "pause", "statement"];

    internal static Weather Of(SeededRandom random) => new(
        CrashPerTenThousand: random.Pick([0, 30, 100, 300]), LostCommitPercent: random.Pick([0, 1, 3]),
        StripeFaultPercent: random.Pick([0, 10, 20, 30]), RepeatPercent: random.Pick([0, 10, 25, 50]),
        WebhookLossPercent: random.Pick([0, 10, 40]), InterleavePercent: random.Pick([0, 3, 8]),
        RebalancePercent: random.Pick([0, 1, 3]), OutagePercent: random.Pick([0, 0, 25]), PausePercent: random.Pick([0, 10, 40]),
        StatementPerTenThousand: random.Pick([0, 100, 300]));

    /// <summary>After this nothing new goes wrong, and everything has to come right.</summary>
    internal static readonly Weather Calm = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    internal Weather Without(IReadOnlyList<string> parts) => new(
        parts.Contains("crash") ? 0 : CrashPerTenThousand, parts.Contains("commit") ? 0 : LostCommitPercent,
        parts.Contains("stripe") ? 0 : StripeFaultPercent, parts.Contains("repeat") ? 0 : RepeatPercent,
        parts.Contains("webhook") ? 0 : WebhookLossPercent, parts.Contains("interleave") ? 0 : InterleavePercent,
        parts.Contains("rebalance") ? 0 : RebalancePercent, parts.Contains("outage") ? 0 : OutagePercent,
        parts.Contains("pause") ? 0 : PausePercent, parts.Contains("statement") ? 0 : StatementPerTenThousand);
}

/// <summary>
/// In some seeds all are paid early, and what was paid is taken back: seldom else is there so much to take back.
/// </summary>
internal enum Regret
{
    None,

    /// <summary>The result is corrected, mostly so that somebody else has won.</summary>
    Corrected,

    /// <summary>And before, players who have two prizes in the contest lose a dispute about one of their entries.</summary>
    Forfeited,
}
