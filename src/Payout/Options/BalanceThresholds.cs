namespace ContestPipeline.Payout.Options;

/// <summary>How much is too little.</summary>
/// <param name="ReservePercent">Of the obligations: what should be available.</param>
/// <param name="TrendMinorPerDay">A change of the balance by more than this a day is a trend.</param>
public sealed record BalanceThresholds(
    long CriticalMinor, long WarningMinor, long HealthyMinor, int ReservePercent, long TrendMinorPerDay)
{
    public static BalanceThresholds Default { get; } = new(1_000_00, 5_000_00, 10_000_00, 120, 1_000_00);
}
