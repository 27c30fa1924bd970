using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Recovery;

/// <summary>States of a recovery as they are stored and shown.</summary>
public static class RecoveryState
{
    /// <summary>No recovery is open: money moves as always.</summary>
    public const string Normal = "normal";

    /// <summary>The books may lack what was paid: nothing is sent.</summary>
    public const string Stopped = "stopped";

    /// <summary>
    /// Money moves; each transfer, refund, reversal, charge and account is looked up at Stripe before it is asked for.
    /// </summary>
    public const string Recovering = "recovering";

    public const string Ended = "ended";
}

/// <summary>A recovery that is open.</summary>
/// <param name="LostSince">What was committed after this moment, UTC, may be missing in the books.</param>
public sealed record RecoveryFacts(
    long RecoveryNo, string State, string Cause, DateTimeOffset LostSince, DateTimeOffset StoppedAt, DateTimeOffset? StartedAt,
    string? StartedBy, string? StartReason);

/// <summary>The newest comparison with Stripe that was made since a recovery began.</summary>
/// <param name="From">The beginning of what it compared, UTC.</param>
public sealed record ComparedSince(DateTimeOffset At, DateTimeOffset From, int Differences);

/// <summary>What the books lacked and what is not in them again.</summary>
/// <param name="DepositsSeen">Stripe's payment intents were looked through for deposits.</param>
/// <param name="ToldSeen">What Payout itself has told was read back for withdrawals.</param>
/// <param name="Withdrawals">How many withdrawals wait for their money to be in the wallet.</param>
/// <param name="Stakes">How many entries that took part wait for their stakes to be in the wallet.</param>
public sealed record NotMadeAgain(bool DepositsSeen, bool ToldSeen, int Withdrawals, int Stakes);

/// <summary>Whether a person's wish about a recovery can be granted. No clock, no database.</summary>
public static class DecideRecovery
{
    /// <returns>Why it cannot begin; null when it can.</returns>
    public static string? WhyNotStart(RecoveryFacts? open) => open switch
    {
        null => "money is not stopped: there is nothing to recover from",
        { State: RecoveryState.Recovering } => $"it was begun already, by {open.StartedBy}",
        _ => null,
    };

    /// <param name="compared">Null: no comparison was made since it began.</param>
    /// <param name="waiting">What is not made again yet.</param>
    /// <param name="actor">Who wants to end it.</param>
    /// <returns>Why it cannot end; null when it can.</returns>
    public static string? WhyNotEnd(
        RecoveryFacts? open, ComparedSince? compared, NotMadeAgain waiting, string actor) => open switch
    {
        null => "no recovery is open",
        { State: RecoveryState.Stopped } => "it has not begun: contestctl recovery start",
        _ when open.StartedBy is { } starter && PersonName.Same(starter, actor) => "who began it does not end it",
        _ when !waiting.DepositsSeen => "Stripe's payment intents were not looked through yet for deposits that the books lack",
        _ when !waiting.ToldSeen => "what payout itself has told since was not read back yet: the broker has to answer",
        _ when waiting is not { Withdrawals: 0, Stakes: 0 } =>
            $"{waiting.Withdrawals} withdrawals and {waiting.Stakes} stakes of entries that took part wait until their wallets "
                + "hold them again",
        _ when compared is null =>
            "nothing was compared with Stripe since it began; a comparison is made by itself every few minutes",
        _ when compared.From > open.LostSince =>
            $"the newest comparison begins at {compared.From:u}, after {open.LostSince:u}, since when the books may lack "
                + $"something",
        _ when compared.Differences > 0 =>
            $"the newest comparison, of {compared.At:u}, found {compared.Differences} differences: contestctl reconcile lists "
                + $"them",
        _ => null,
    };
}
