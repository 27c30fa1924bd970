using System.Globalization;

namespace ContestPipeline.Payout;

/// <summary>The service answers and reaches its database.</summary>
public sealed record HealthAnswer(string Status);

/// <summary>Where a page of a list by time ended: the last one's time, and what tells it from others of the same time.</summary>
/// <param name="At">UTC, to the microsecond, as the database stores it.</param>
public sealed record PageEnd(DateTimeOffset At, int Number, string Id)
{
    private static readonly long s_microsecondsMax = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <returns>False: it is not what a page gave as next.</returns>
    /// <param name="text">Null: the first page is asked for.</param>
    public static bool Read(string? text, out PageEnd? end)
    {
        end = null;
        if (text is null) return true;
        var parts = text.Split('.', 3);
        if (parts.Length != 3 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds > s_microsecondsMax
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        end = new PageEnd(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), number, parts[2]);
        return true;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}.{Number}.{Id}");
}

/// <summary>A page of payouts.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
public sealed record PayoutPage(IReadOnlyList<PayoutView> Payouts, string? Next);

/// <summary>An assessment with its findings.</summary>
public sealed record AssessmentView(int AssessmentNo, string Decision, DateTimeOffset? ResumesAt, IReadOnlyList<RiskFinding> Findings, DateTimeOffset At);

/// <summary>Everything that is known about one payout.</summary>
public sealed record PayoutDetails(
    PayoutView Payout, IReadOnlyList<PayoutChangeView> History, IReadOnlyList<PayoutAttempt> Attempts, IReadOnlyList<PayoutHold> Holds,
    IReadOnlyList<AssessmentView> Assessments, IReadOnlyList<Review> Reviews);

/// <summary>What a review came to.</summary>
/// <param name="Result"><c>released</c>, <c>rejected</c> or <c>second-approval-needed</c>.</param>
public sealed record ReviewResult(string PayoutId, string Result);

/// <summary>A failed payout that is on its way again.</summary>
public sealed record RetryResult(string PayoutId, string State);

/// <summary>One refund of an entry.</summary>
public sealed record RefundView(int RefundNo, long AmountMinor, string Reason, string State);

/// <summary>How an entry is paid.</summary>
/// <param name="Reason">Why everything goes back; null while the entry stands.</param>
/// <param name="ClientSecret">For the player who pays, while there is something to pay.</param>
public sealed record EntryPaymentView(
    string ContestId, string EntryId, string PlayerId, string State, long AmountMinor, string Currency, DateTimeOffset PayBefore, long RefundedMinor,
    string? Reason, string? ClientSecret, IReadOnlyList<RefundView> Refunds)
{
    /// <summary>Without the secret that lets a browser pay.</summary>
    public override string ToString() => $"{nameof(EntryPaymentView)} {{ ContestId = {ContestId}, EntryId = {EntryId}, State = {State} }}";
}

/// <summary>A refund that was taken up.</summary>
public sealed record RefundResult(string ContestId, string EntryId, int RefundNo, long AmountMinor, string State, string RequestId);

/// <summary>The platform's balances by currency.</summary>
public sealed record BalanceAnswer(IReadOnlyList<BalanceReport> Balances);

/// <summary>Where to go.</summary>
public sealed record LinkAnswerView(string Url);

/// <summary>What was forgotten of a player.</summary>
public sealed record OnboardingReset(string PlayerId, int AccountsForgotten);

/// <summary>One comparison with Stripe, as it was kept.</summary>
public sealed record ReconciliationView(
    long RunNo, DateTimeOffset At, DateTimeOffset WindowFrom, DateTimeOffset WindowTo, int Matched, int Pending, int Outside, long OutsideMinor, decimal Clearing,
    decimal Completeness, decimal Timeliness, int DifferenceCount, IReadOnlyList<Difference> Differences);

/// <summary>Comparisons with Stripe, latest first.</summary>
public sealed record ReconciliationList(IReadOnlyList<ReconciliationView> Reconciliations);

/// <summary>What went from a player's account to a bank.</summary>
public sealed record BankPayoutList(string PlayerId, IReadOnlyList<BankPayout> BankPayouts);

/// <summary>A year's winnings of a player, by currency.</summary>
/// <param name="ThresholdMinor">From which they are reported.</param>
public sealed record WinningsOfYear(int Year, string Currency, long WinningsMinor, long ThresholdMinor);

/// <summary>Everything a player has won: totals and years of all of it, the prizes a page at a time.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
public sealed record EarningsAnswer(
    string PlayerId, IReadOnlyList<EarningTotals> Totals, IReadOnlyList<WinningsOfYear> Years, IReadOnlyList<PrizeRecord> Prizes, string DashboardLink, string? Next);

/// <summary>What a player has won in one contest, a page of it.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
public sealed record PrizesAnswer(string ContestId, IReadOnlyList<PrizeRecord> Prizes, string? Next);

/// <summary>Alerts, the newest first.</summary>
public sealed record AlertList(IReadOnlyList<AlertView> Alerts);

/// <summary>A row of the audit log.</summary>
public sealed record AuditRowView(
    DateTimeOffset At, string Actor, string Action, string Subject, string? ContestId, string? PlayerId, string? PayoutId, string Reason, string Result,
    short Shard, long No);

/// <summary>Rows of the audit log, the newest first.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
public sealed record AuditPage(IReadOnlyList<AuditRowView> Rows, string? Next);

/// <summary>Whether the audit log is as it was written.</summary>
public sealed record AuditVerification(bool Verified, IReadOnlyList<string> Faults);

/// <summary>A year's report.</summary>
/// <param name="Complete">False: the year is not over.</param>
/// <param name="Csv">The same as CSV (RFC 4180), amounts in dollars.</param>
public sealed record TaxReport(int Year, long ThresholdMinor, bool Complete, IReadOnlyList<YearPaid> Players, string Csv);
