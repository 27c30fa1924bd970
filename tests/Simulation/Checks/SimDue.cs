using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// When each round would find something to do. Looking costs each of them a transaction, and most of a seed would be looks
/// that find nothing; so those of a worker are asked about all at once, when it has committed something since they were asked
/// about last, and those that would find nothing look seldom. Due is what is due by every process's clock.
/// </summary>
internal sealed class SimDue(SimLane lane, SimClock clock)
{
    /// <summary>The runner reads accounts before it pays.</summary>
    private const string Runner = "runner";
    private const string Accounts = "accounts";
    private const string Now = "-infinity";

    /// <summary>What would be told if others did not do their part meanwhile: nothing is awaited by it.</summary>
    private const string Patience =
        "finalized_revision is distinct from settled_revision or state = 'SETTLED' and settled_at is not null and wake_at >= "
            + "settled_at + interval '45 days'";

    /// <summary>
    /// At: when there is something to do, or the earliest of several such times. Awaited: what the clock may go on to.
    /// </summary>
    private static readonly IReadOnlyList<(string Round, bool IsAwaited, string At, string Rows)> s_due =
    [
        (Runner, true, "due_at", "payout.payout"),
        (Runner, false, $"'{Now}'", "payout.payout where state = 'awaiting_funds'"),
        (Accounts, false, $"'{Now}'", "payout.stripe_account where stale"),
        ("calls", true, "due_at", "payout.stripe_call where state = 'open'"),
        ("post-awards", false, $"'{Now}'", "payout.contest where state = 'posting'"),
        ("void-prizes", true, "void_due_at", "payout.entry_payment"),
        ("give-back", false, $"'{Now}'", "payout.collection where open"),
        ("onboarding", false, "next_at", "payout.onboarding"),
        ("DepositReader", false, "read_due_at", "payout.wallet_deposit where intent_id is not null"),
        ("PaymentReader", true, "read_due_at", "payout.entry_payment where intent_id is not null"),
        ("ReductionEffects", true, "due_at", "payout.reduction_part"),
        ("DisputeReader", false, $"'{Now}'", "payout.dispute where stale or phase <> applied"),
        ("BankPayoutReader", false, $"'{Now}'", "payout.bank_payout where stale"),
        ("TransferReader", false, "due_at", "payout.transfer_reading"),
        ("ReversalsAgain", true, "due_at", "payout.reversal_again"),
        ("recovery", false, "recovery_due_at", "ingestion.game"),
        ("lifecycle", true, "wake_at", $"scoring.contest where not ({Patience})"),
        ("lifecycle", false, "wake_at", $"scoring.contest where {Patience}"),
        ("early-commands", true, "due_at", "scoring.early_command"),
        ("early-commands", false, $"'{Now}'",
            "scoring.early_command e where exists (select from scoring.contest c where c.contest_id = e.contest_id)"),
        ("standings", false, $"'{Now}'", "scoring.contest where state in ('LOCKED', 'LIVE', 'COMPLETE')"),
        ("settle", true, "next_check_at", "settlement.completion where state = 'waiting'"),
    ];

    /// <summary>Of each worker, by its schema.</summary>
    private static readonly IReadOnlyDictionary<string, string> s_sql = s_due.Index()
        .GroupBy(d => d.Item.Rows[..d.Item.Rows.IndexOf('.', StringComparison.Ordinal)])
        .ToDictionary(w => w.Key, w => string.Join(" union all ", w.Select(d =>
            $"select * from (select {d.Index}, min(({d.Item.At})::timestamptz) as at from {d.Item.Rows}) as d "
                + "where at is not null")));

    private readonly SortedDictionary<string, IReadOnlyList<(int No, DateTime At)>> known = new(StringComparer.Ordinal);

    /// <summary>Somebody changed what no worker did.</summary>
    internal void Forget() => known.Clear();

    /// <summary>The worker committed: nothing that others have to do follows from that.</summary>
    internal void Forget(string worker) => known.Remove(worker);

    /// <returns>Names of rounds that would find nothing.</returns>
    internal async Task<IReadOnlySet<string>> IdleRounds()
    {
        var idle = s_due.Select(d => d.Round).ToHashSet(StringComparer.Ordinal);
        idle.ExceptWith(
            (await Known()).Where(d => d.At <= (clock.GetUtcNow() - clock.Apart).UtcDateTime).Select(d => s_due[d.No].Round));
        if (!idle.Contains(Accounts)) idle.Remove(Runner);
        return idle;
    }

    /// <summary>
    /// When Payout has something to ask of Stripe next, or a contest goes on by itself; null when there is nothing.
    /// </summary>
    internal async Task<DateTimeOffset?> NextAt() =>
        (await Known()).Where(d => s_due[d.No].IsAwaited).Min(d => (DateTime?)d.At) is { } at
            ? new DateTimeOffset(at, TimeSpan.Zero) + clock.Apart : null;

    private async Task<IReadOnlyList<(int No, DateTime At)>> Known()
    {
        foreach (var (worker, sql) in s_sql)
        {
            if (!known.ContainsKey(worker)) known[worker] = (await lane.Admin.QueryAsync<(int, DateTime)>(sql)).AsList();
        }

        return [.. known.Values.SelectMany(rows => rows)];
    }
}
