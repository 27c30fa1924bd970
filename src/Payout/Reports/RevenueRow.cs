using ContestPipeline.Payout.Ledger;

namespace ContestPipeline.Payout.Reports;

/// <summary>Which accounts are the house's own, and in which figure each of their movements counts. Pure.</summary>
public static class RevenueRow
{
    private const int BpsOfAll = 10_000;

    /// <summary>The accounts whose balances together are what the platform has earned.</summary>
    public static IReadOnlyList<string> Accounts { get; } =
    [
        LedgerAccounts.PlatformFees, LedgerAccounts.HouseOverlay, LedgerAccounts.HouseRounding, LedgerAccounts.Refunds,
        LedgerAccounts.DisputeLosses, LedgerAccounts.CorrectionLosses, LedgerAccounts.StripeFees,
    ];

    /// <summary>Each movement counts in exactly one figure, so that the net is what the accounts changed by.</summary>
    public static RevenueFigures Sum(IEnumerable<MovedRow> moved, IEnumerable<SettledRow> settled)
    {
        var movements = moved.ToArray();
        var contests = settled.ToArray();
        var count = contests.Sum(s => s.Contests);
        var collectedMinor = contests.Sum(s => s.CollectedMinor);
        var stakesMinor = contests.Sum(s => s.StakesMinor);
        var failedMinor = stakesMinor - contests.Sum(s => s.ReturnedMinor);
        var netMinor = movements.Sum(m => m.AmountMinor);
        long Of(params string[] accounts) =>
            movements.Where(m => accounts.Contains(m.Account, StringComparer.Ordinal)).Sum(m => m.AmountMinor);
        long Fees(string code) =>
            movements.Where(m => m.Account == LedgerAccounts.PlatformFees && m.Code == code).Sum(m => m.AmountMinor);
        var (rakeMinor, forfeitsMinor, depositFeesMinor) = (Fees("rake"), Fees("forfeits"), Fees("deposit-fee"));
        return new RevenueFigures(
            rakeMinor, forfeitsMinor, Of(LedgerAccounts.PlatformFees) - rakeMinor - forfeitsMinor - depositFeesMinor,
            depositFeesMinor, Of(LedgerAccounts.HouseOverlay), Of(LedgerAccounts.HouseRounding),
            Of(LedgerAccounts.Refunds, LedgerAccounts.DisputeLosses, LedgerAccounts.CorrectionLosses),
            Of(LedgerAccounts.StripeFees), netMinor, count, collectedMinor, stakesMinor, failedMinor,
            stakesMinor == 0 ? null : (int)((Int128)failedMinor * BpsOfAll / stakesMinor),
            count == 0 ? null : collectedMinor / count, count == 0 ? null : netMinor / count);
    }
}
