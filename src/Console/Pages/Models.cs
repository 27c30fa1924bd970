using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Reports;
using ContestPipeline.WebConsole.Data;
using ContestPipeline.WebConsole.Shown;

namespace ContestPipeline.WebConsole.Pages;

/// <summary>What needs somebody now, and money that is owed and does not move.</summary>
public sealed record StartModel(IReadOnlyList<OpenAlert> Alerts, IReadOnlyList<OwedRow> Owed);

/// <summary>Open alerts of one kind, or of all.</summary>
public sealed record AlertsModel(string? Kind, IReadOnlyList<OpenAlert> Alerts);

/// <summary>Whether money moves and whether anything is stuck.</summary>
/// <param name="Owed">By the ledger and the fees, now; Stripe's balance is of its last reading.</param>
/// <param name="Reconciliation">Null: there was none yet.</param>
public sealed record OverviewModel(
    IReadOnlyList<AlertsOfSeverity> Alerts, IReadOnlyList<ContestsInState> Contests, IReadOnlyList<PayoutsInState> Payouts,
    IReadOnlyList<WorkerWaits> Waits, IReadOnlyList<BalanceNow> Balances, IReadOnlyList<Owed> Owed,
    LastReconciliation? Reconciliation);

/// <summary>What an id was found as.</summary>
public sealed record SearchModel(string Query, IReadOnlyList<Found> Found);

/// <summary>One payout with its time line.</summary>
public sealed record PayoutModel(PayoutRow Payout, IReadOnlyList<PayoutMoment> Moments);

/// <summary>A player's payouts, a page of them, accounts and wallet.</summary>
/// <param name="Wallet">Null: the player has none.</param>
public sealed record PlayerModel(
    string PlayerId, IReadOnlyList<PayoutRow> Payouts, IReadOnlyList<PlayerAccount> Accounts, PlayerWallet? Wallet);

/// <summary>One contest.</summary>
public sealed record ContestModel(
    ContestRow Contest, IReadOnlyList<ContestStep> Steps, IReadOnlyList<ContestGame> Games, IReadOnlyList<ContestResult> Results,
    IReadOnlyList<FeesInState> Fees, ContestProofs Proofs, IReadOnlyList<PayoutRow> Payouts);

/// <summary>The approval queue, a page of it.</summary>
public sealed record QueueModel(QueueFilter Filter, bool LargestFirst, IReadOnlyList<HeldPayout> Held);

/// <summary>What is halted, and what is to be halted next.</summary>
/// <param name="Scope">Of the form, one of <see cref="HaltScope"/>; null: there is none.</param>
/// <param name="Open">What the halt would keep from going.</param>
public sealed record HaltsModel(IReadOnlyList<Halt> Halts, string? Scope, string Id, IReadOnlyList<OpenPayouts> Open)
{
    /// <summary>In words.</summary>
    public string What => Scope == HaltScope.Payouts ? "all payouts" : $"payouts of {Scope} {Id}";

    /// <summary>What has to be typed.</summary>
    public string Confirm => ConfirmOf(Scope!, Id);

    internal static string ConfirmOf(string scope, string id) => scope == HaltScope.Payouts ? "all payouts" : id;
}

/// <summary>The balance at Stripe in one currency.</summary>
/// <param name="Currency">Null: none was read yet.</param>
/// <param name="OwedMinor">By the ledger and the fees, now.</param>
/// <param name="Snapshots">A page of them, the newest first.</param>
public sealed record BalanceModel(
    string? Currency, IReadOnlyList<BalanceNow> Balances, long OwedMinor, IReadOnlyList<BalanceAt> Curve,
    IReadOnlyList<BalanceSnapshot> Snapshots, IReadOnlyList<UnfundedPayout> Unfunded)
{
    public const int PageMax = 50;
    public const int UnfundedMax = 20;
    public const int Days = 30;
}

/// <summary>Comparisons with Stripe, a page of them.</summary>
/// <param name="Before">The last run of the page before; null: this is the first page.</param>
public sealed record ReconciliationsModel(IReadOnlyList<ReconciliationRow> Runs, long? Before);

/// <summary>One comparison with what it found, the worst first.</summary>
public sealed record ReconciliationModel(ReconciliationRow Run, IReadOnlyList<Difference> Differences)
{
    public const int ShownMax = 500;
}

/// <summary>Rows of the audit log, the newest first.</summary>
/// <param name="Next">The address of the next page; null: this is the last.</param>
public sealed record AuditModel(AuditQuery Query, IReadOnlyList<AuditRow> Rows, string? Next);

/// <summary>What the platform earned and lost.</summary>
/// <param name="IsYear">The last twelve months; else the last three.</param>
public sealed record RevenueModel(PlatformRevenue Revenue, bool IsYear)
{
    public const int MonthsOfYear = 12;
    public const int Months = 3;
}

/// <summary>Games that feeds have told of, a page of them.</summary>
public sealed record FeedsModel(bool All, IReadOnlyList<FeedGame> Games);
