namespace ContestPipeline.Payout.Awards;

/// <summary>The entry fees of a contest as Payout has collected them.</summary>
/// <param name="Complete">Every entry that takes part has been announced.</param>
public sealed record CollectedFees(long AmountMinor, bool Complete)
{
    public static CollectedFees None { get; } = new(0, true);

    /// <summary>Fees are collected or settled, and not all entries are known yet: the two cannot be compared.</summary>
    public bool IsEarly(SettledTotals totals) => !Complete && (AmountMinor > 0 || totals.EntryFeesMinor > 0);
}
