using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// Which rounds would find something to do now. Looking costs each of them a transaction, and most of a seed would be looks that find nothing; so they are asked about
/// all at once, and those that would find nothing look seldom.
/// </summary>
internal static class SimDue
{
    private static readonly IReadOnlyList<(string Round, string Rows)> s_due =
    [
        (Runner, "payout.payout where due_at <= @now or state = 'awaiting_funds'"),
        (Accounts, "payout.stripe_account where stale"),
        ("calls", "payout.stripe_call where state = 'open' and due_at <= @now"),
        ("post-awards", "payout.contest where state = 'posting'"),
        ("void-prizes", "payout.entry_payment where void_due_at <= @now"),
        ("give-back", "payout.collection where open"),
        ("onboarding", "payout.onboarding where next_at <= @now"),
        ("PaymentReader", "payout.entry_payment where read_due_at <= @now and intent_id is not null"),
        ("ReductionEffects", "payout.reduction_part where due_at <= @now"),
        ("DisputeReader", "payout.dispute where stale or phase <> applied"),
        ("BankPayoutReader", "payout.bank_payout where stale"),
        ("TransferReader", "payout.transfer_reading where due_at <= @now"),
        ("ReversalsAgain", "payout.reversal_again where due_at <= @now"),
        ("lifecycle", "scoring.contest where wake_at <= @now"),
        ("standings", "scoring.contest where state in ('LOCKED', 'LIVE', 'COMPLETE')"),
        ("settle", "settlement.completion where state = 'waiting' and next_check_at <= @now"),
    ];

    /// <summary>The runner reads accounts before it pays.</summary>
    private const string Runner = "runner";
    private const string Accounts = "accounts";

    private static readonly string s_sql = string.Join(" union all ", s_due.Select(d => $"select '{d.Round}' where exists (select from {d.Rows})"));

    /// <returns>Names of rounds that would find nothing.</returns>
    internal static async Task<IReadOnlySet<string>> IdleRounds(SimLane lane, DateTimeOffset now)
    {
        var idle = s_due.Select(d => d.Round).ToHashSet(StringComparer.Ordinal);
        idle.ExceptWith(await lane.Admin.QueryAsync<string>(s_sql, new { now = now.UtcDateTime }));
        if (!idle.Contains(Accounts)) idle.Remove(Runner);
        return idle;
    }
}
