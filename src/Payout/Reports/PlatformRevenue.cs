namespace ContestPipeline.Payout.Reports;

/// <summary>What moved the house's accounts in one month, as the ledger has it; amounts in minor units.</summary>
/// <param name="Month">UTC, <c>2026-11</c>, by the day of the booking.</param>
/// <param name="Kind">Of the contest; null: it has to do with no contest, as a deposit's fee.</param>
/// <param name="Account">One of <see cref="RevenueRow.Accounts"/>.</param>
/// <param name="Code">The kind of movement.</param>
/// <param name="AmountMinor">Positive what the house gained.</param>
public sealed record MovedRow(string Month, string? Kind, string Currency, string Account, string Code, long AmountMinor);

/// <summary>The contests that were settled in one month; amounts in minor units.</summary>
/// <param name="CollectedMinor">Their entry fees; of challenges their stakes.</param>
/// <param name="StakesMinor">Of that, the stakes of challenges.</param>
/// <param name="ReturnedMinor">Of the stakes, what went back to those who passed.</param>
public sealed record SettledRow(
    string Month, string? Kind, string Currency, int Contests, long CollectedMinor, long StakesMinor, long ReturnedMinor);

/// <summary>
/// What the platform earned and lost: everything that its own accounts gained (positive) or bore (negative), in minor units.
/// Disputes that are still open and prizes nobody has are in no figure.
/// </summary>
/// <param name="ForfeitsMinor">Its part of forfeited stakes.</param>
/// <param name="FeesMinor">Fees on prizes, less those that a correction took back.</param>
/// <param name="DepositFeesMinor">Fees on deposits into wallets.</param>
/// <param name="OverlayMinor">What it added to pools, negative, less what was left over.</param>
/// <param name="RoundingMinor">Odd cents of pools.</param>
/// <param name="LossesMinor">Refunds it bore, lost disputes and corrections that did not come back.</param>
/// <param name="StripeFeesMinor">What Stripe charged.</param>
/// <param name="NetMinor">The sum of all of these.</param>
/// <param name="Contests">How many were settled.</param>
/// <param name="CollectedMinor">Entry fees and stakes of these; no income.</param>
/// <param name="StakesMinor">Of that, stakes of challenges.</param>
/// <param name="FailedStakesMinor">Of the stakes, those of players who failed.</param>
/// <param name="FailedStakesBps">Their share of the stakes in hundredths of a percent, rounded down; null without stakes.</param>
/// <param name="AverageCollectedMinor">A contest's, rounded down; null: none was settled.</param>
/// <param name="AverageNetMinor">Likewise, rounded towards zero.</param>
public sealed record RevenueFigures(
    long RakeMinor, long ForfeitsMinor, long FeesMinor, long DepositFeesMinor, long OverlayMinor, long RoundingMinor,
    long LossesMinor, long StripeFeesMinor, long NetMinor, int Contests, long CollectedMinor, long StakesMinor,
    long FailedStakesMinor, int? FailedStakesBps, long? AverageCollectedMinor, long? AverageNetMinor);

/// <summary>A month's figures of one kind of contest.</summary>
/// <param name="Kind">Null: what has to do with no contest.</param>
public sealed record RevenueMonth(string Month, string? Kind, string Currency, RevenueFigures Figures);

/// <summary>The figures of all months of the report in one currency.</summary>
public sealed record RevenueTotal(string Currency, RevenueFigures Figures);

/// <summary>What the platform earned, by month, kind of contest and currency.</summary>
/// <param name="From">The first month.</param>
/// <param name="To">The last month; it counts as far as it has come.</param>
public sealed record PlatformRevenue(
    string From, string To, IReadOnlyList<RevenueMonth> Months, IReadOnlyList<RevenueTotal> Totals)
{
    /// <summary>Adds up what the ledger moved and what was settled. Pure; the order of the rows does not matter.</summary>
    public static PlatformRevenue Of(
        string from, string to, IReadOnlyCollection<MovedRow> moved, IReadOnlyCollection<SettledRow> settled) => new(
        from, to,
        [
            .. moved.Select(m => (m.Month, m.Kind, m.Currency)).Union(settled.Select(s => (s.Month, s.Kind, s.Currency)))
                .OrderBy(k => k.Month, StringComparer.Ordinal).ThenBy(k => k.Kind, StringComparer.Ordinal)
                .ThenBy(k => k.Currency, StringComparer.Ordinal)
                .Select(k => new RevenueMonth(k.Month, k.Kind, k.Currency, RevenueRow.Sum(
                    moved.Where(m => (m.Month, m.Kind, m.Currency) == k),
                    settled.Where(s => (s.Month, s.Kind, s.Currency) == k)))),
        ],
        [
            .. moved.Select(m => m.Currency).Union(settled.Select(s => s.Currency)).Order(StringComparer.Ordinal)
                .Select(c => new RevenueTotal(
                    c, RevenueRow.Sum(moved.Where(m => m.Currency == c), settled.Where(s => s.Currency == c)))),
        ]);
}
