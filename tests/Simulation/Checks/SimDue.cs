using ContestPipeline.Payout;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// Which rounds would find something to do now. Looking costs each of them a transaction, and most of a seed would be looks that find nothing; so they are asked about
/// all at once, and those that would find nothing look seldom.
/// </summary>
internal static class SimDue
{
    private static readonly IReadOnlyList<(string Worker, string Round, string Rows)> s_due =
    [
        (Payout, Runner, "payout.payout where due_at <= @now or state = 'awaiting_funds'"),
        (Payout, Accounts, "payout.stripe_account where stale"),
        (Payout, "calls", "payout.stripe_call where state = 'open' and due_at <= @now"),
        (Payout, "post-awards", "payout.contest where state = 'posting'"),
        (Payout, "void-prizes", "payout.entry_payment where void_due_at <= @now"),
        (Payout, "give-back", "payout.collection where open"),
        (Payout, "onboarding", "payout.onboarding where next_at <= @now"),
        (Payout, "PaymentReader", "payout.entry_payment where read_due_at <= @now and intent_id is not null"),
        (Payout, "ReductionEffects", "payout.reduction_part where due_at <= @now"),
        (Payout, "DisputeReader", "payout.dispute where stale or phase <> applied"),
        (Payout, "BankPayoutReader", "payout.bank_payout where stale"),
        (Payout, "TransferReader", "payout.transfer_reading where due_at <= @now"),
        (Payout, "ReversalsAgain", "payout.reversal_again where due_at <= @now"),
        (ScoringService.Name, "lifecycle", "scoring.contest where wake_at <= @now"),
        (ScoringService.Name, "standings", "scoring.contest where state in ('LOCKED', 'LIVE', 'COMPLETE')"),
        (SettlementService.Name, "settle", "settlement.completion where state = 'waiting' and next_check_at <= @now"),
    ];

    /// <summary>The runner reads accounts before it pays.</summary>
    private const string Payout = PayoutService.Name;
    private const string Runner = "runner";
    private const string Accounts = "accounts";

    private static readonly string s_sql = Sql(s_due);
    private static readonly IReadOnlyDictionary<string, string> s_sqlOf = s_due.GroupBy(d => d.Worker).ToDictionary(g => g.Key, Sql, StringComparer.Ordinal);

    /// <param name="worker">Of one worker alone; null: of all.</param>
    /// <returns>Names of rounds that would find nothing.</returns>
    internal static async Task<IReadOnlySet<string>> IdleRounds(SimLane lane, DateTimeOffset now, string? worker = null)
    {
        var idle = s_due.Where(d => worker is null || d.Worker == worker).Select(d => d.Round).ToHashSet(StringComparer.Ordinal);
        if (idle.Count == 0) return idle;
        idle.ExceptWith(await lane.Admin.QueryAsync<string>(worker is null ? s_sql : s_sqlOf[worker], new { now = now.UtcDateTime }));
        if (worker is null or Payout && !idle.Contains(Accounts)) idle.Remove(Runner);
        return idle;
    }

    private static string Sql(IEnumerable<(string Worker, string Round, string Rows)> due) => string.Join(" union all ", due.Select(d => $"select '{d.Round}' where exists (select from {d.Rows})"));
}
