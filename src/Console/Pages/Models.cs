using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Halts;
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

/// <summary>A player's payouts, a page of them, and accounts.</summary>
public sealed record PlayerModel(string PlayerId, IReadOnlyList<PayoutRow> Payouts, IReadOnlyList<PlayerAccount> Accounts);

/// <summary>One contest.</summary>
public sealed record ContestModel(
    ContestRow Contest, IReadOnlyList<ContestStep> Steps, IReadOnlyList<ContestGame> Games, IReadOnlyList<ContestResult> Results,
    IReadOnlyList<FeesInState> Fees, IReadOnlyList<PayoutRow> Payouts);

/// <summary>The approval queue, a page of it.</summary>
public sealed record QueueModel(string? Contest, bool LargestFirst, IReadOnlyList<HeldPayout> Held);

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
