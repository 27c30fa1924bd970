using System.Globalization;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.Risk;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Api.Answers;

/// <summary>The service answers and reaches its database.</summary>
public sealed record HealthAnswer(string Status);

/// <summary>A page of payouts.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
public sealed record PayoutPage(IReadOnlyList<PayoutView> Payouts, string? Next);

/// <summary>An assessment with its findings.</summary>
public sealed record AssessmentView(
    int AssessmentNo, string Decision, DateTimeOffset? ResumesAt, IReadOnlyList<RiskFinding> Findings, DateTimeOffset At);

/// <summary>One use of Stripe for a payout: a key, what it asks for, and what came of it.</summary>
/// <param name="UnknownAnswers">How often the call ended without telling whether money moved.</param>
/// <param name="LookUpSince">When Stripe was first asked without an answer what became of it; null: it was not, or has
/// answered.</param>
public sealed record PayoutAttempt(
    string PayoutId, int AttemptNo, string IdempotencyKey, string ParameterHash, string Destination, DateTimeOffset FirstUsedAt,
    string Outcome, int UnknownAnswers, string? LastAnswer, DateTimeOffset? ClosedAt, DateTimeOffset? LookUpSince)
{
    /// <inheritdoc cref="LastAnswers.IsRefusedAgain"/>
    public bool IsRefusedAgain => LastAnswers.IsRefusedAgain(LastAnswer);

    /// <inheritdoc cref="LastAnswers.IsServerError"/>
    public bool AnsweredByServerError => UnknownAnswers > 0 && LastAnswers.IsServerError(LastAnswer);

    /// <returns>The attempt as the API shows it.</returns>
    public static PayoutAttempt Of(Payouts.PayoutAttempt a) => new(
        a.PayoutId, a.AttemptNo, a.IdempotencyKey, a.ParameterHash, a.Destination, a.FirstUsedAt, a.Outcome.Word(),
        a.UnknownAnswers, a.LastAnswer, a.ClosedAt, a.LookUpSince);
}

/// <summary>Everything that is known about one payout.</summary>
/// <param name="Halts">Those that keep it now; empty once it is over.</param>
public sealed record PayoutDetails(
    PayoutView Payout, IReadOnlyList<PayoutChangeView> History, IReadOnlyList<PayoutAttempt> Attempts,
    IReadOnlyList<PayoutHold> Holds, IReadOnlyList<AssessmentView> Assessments, IReadOnlyList<Review> Reviews,
    IReadOnlyList<Halt> Halts);

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
    string ContestId, string EntryId, string PlayerId, string State, long AmountMinor, string Currency, DateTimeOffset PayBefore,
    long RefundedMinor, string? Reason, string? ClientSecret, IReadOnlyList<RefundView> Refunds)
{
    /// <summary>Without the secret that lets a browser pay.</summary>
    public override string ToString() =>
        $"{nameof(EntryPaymentView)} {{ ContestId = {ContestId}, EntryId = {EntryId}, State = {State} }}";
}

/// <summary>A refund that was taken up.</summary>
public sealed record RefundResult(
    string ContestId, string EntryId, int RefundNo, long AmountMinor, string State, string RequestId);

/// <summary>The platform's balances by currency.</summary>
/// <param name="Halts">What payouts are halted.</param>
public sealed record BalanceAnswer(IReadOnlyList<BalanceReport> Balances, IReadOnlyList<Halt> Halts);

/// <summary>What was kept of a currency's balance, the newest first.</summary>
/// <param name="Next">Give it as <c>before</c> for what is older; null: there is no more.</param>
public sealed record BalanceHistory(IReadOnlyList<BalanceSnapshot> Snapshots, DateTimeOffset? Next);

/// <summary>Halts of payouts, the newest first.</summary>
public sealed record HaltList(IReadOnlyList<Halt> Halts);

/// <summary>Where to go.</summary>
public sealed record LinkAnswerView(string Url);

/// <summary>What was forgotten of a player.</summary>
public sealed record OnboardingReset(string PlayerId, int AccountsForgotten);

/// <summary>What an account at Stripe holds in one currency.</summary>
/// <param name="InstantAvailableMinor">What Stripe would pay out within minutes; null where it offers none.</param>
public sealed record HeldBalance(string Currency, long AvailableMinor, long PendingMinor, long? InstantAvailableMinor);

/// <summary>A player's account at Stripe, as it was last read.</summary>
/// <param name="Transfers">Status of the transfers capability: <c>active</c>, <c>inactive</c>, <c>pending</c> …</param>
/// <param name="PayoutsEnabled">Stripe pays on from the account to its bank.</param>
/// <param name="DisabledReason">Stripe's word for why something is switched off; null when nothing is.</param>
/// <param name="CurrentlyDue">What Stripe asks for, in its words.</param>
/// <param name="PastDue">Of those, what was not given in time.</param>
/// <param name="DueBy">Until when Stripe wants it, UTC.</param>
/// <param name="ReadAt">UTC; null before the first reading.</param>
/// <param name="Balances">As Stripe says now; null when it does not answer or does not show the account.</param>
public sealed record AccountDetails(
    string AccountId, string Transfers, bool ChargesEnabled, bool PayoutsEnabled, bool DetailsSubmitted, string? DisabledReason,
    IReadOnlyList<string> CurrentlyDue, IReadOnlyList<string> PastDue, DateTimeOffset? DueBy, DateTimeOffset? ReadAt,
    IReadOnlyList<HeldBalance>? Balances);

/// <summary>How far a player has come on the way to being paid.</summary>
/// <param name="Status"><c>notStarted</c>, <c>incomplete</c>, <c>complete</c>, <c>restricted</c> or <c>rejected</c>.</param>
/// <param name="Account">The one that would be paid; null when there is none.</param>
public sealed record AccountAnswer(string PlayerId, string Status, AccountDetails? Account);

/// <summary>One comparison with Stripe, as it was kept.</summary>
public sealed record ReconciliationView(
    long RunNo, DateTimeOffset At, DateTimeOffset WindowFrom, DateTimeOffset WindowTo, int Matched, int Pending, int Outside,
    long OutsideMinor, decimal Clearing, decimal Completeness, decimal Timeliness, int DifferenceCount,
    IReadOnlyList<Difference> Differences);

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
    string PlayerId, IReadOnlyList<EarningTotals> Totals, IReadOnlyList<WinningsOfYear> Years, IReadOnlyList<PrizeRecord> Prizes,
    string DashboardLink, string? Next);

/// <summary>What a player has won in one contest, a page of it.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
public sealed record PrizesAnswer(string ContestId, IReadOnlyList<PrizeRecord> Prizes, string? Next);

/// <summary>Alerts, the newest first.</summary>
public sealed record AlertList(IReadOnlyList<AlertView> Alerts);

/// <summary>A row of the audit log.</summary>
public sealed record AuditRowView(
    DateTimeOffset At, string Actor, string Action, string Subject, string? ContestId, string? PlayerId, string? PayoutId,
    string Reason, string Result, short Shard, long No);

/// <summary>Rows of the audit log, the newest first.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
/// <param name="Life">Of a payout that is asked for, with the first page: every state it was in, the oldest first; null
/// otherwise.</param>
public sealed record AuditPage(IReadOnlyList<AuditRowView> Rows, string? Next, IReadOnlyList<PayoutChangeView>? Life = null);

/// <summary>Whether the audit log is as it was written.</summary>
public sealed record AuditVerification(bool Verified, IReadOnlyList<string> Faults);

/// <summary>A year's report.</summary>
/// <param name="Complete">False: the year is not over.</param>
/// <param name="Csv">The same as CSV (RFC 4180), amounts in dollars.</param>
public sealed record TaxReport(int Year, long ThresholdMinor, bool Complete, IReadOnlyList<YearPaid> Players, string Csv);
