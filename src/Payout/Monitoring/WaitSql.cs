using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Monitoring;

/// <summary>
/// All SQL of what waits too long: one statement, so that every rule is judged on one state of the books. One row a contest or a
/// kind, so that ten thousand entries are one alert.
/// </summary>
public static class WaitSql
{
    private const string OfPayouts =
        """
        select p.contest_id || '/' || p.revision as subject, min(c.at) as since, count(*) as count,
            sum(p.amount_minor) || ' ' || p.currency || ' (minor units) in payouts, the first: ' || min(p.payout_id) as missing
        from payout.payout p
        cross join lateral (select max(at) as at from payout.payout_change c where c.payout_id = p.payout_id) c
        where p.state = '{0}' and c.at < @before
            and (p.state <> 'held' or exists (
                select from payout.payout_hold h where h.payout_id = p.payout_id and h.released_at is null
                    and not (h.cause = 'manual' and h.reference like 'halt/%')))
        group by p.contest_id, p.revision, p.currency
        """;

    private const string OfReadings =
        """
        select '{0}' as subject, min(hinted_at) as since, count(*) as count, 'an answer of Stripe about each' as missing
        from payout.{1} where stale and hinted_at < @before having count(*) > 0
        """;

    private sealed record Row(int Rule, string Subject, DateTimeOffset Since, long Count, string Missing);

    /// <returns>By rule of <see cref="WaitRules.All"/>, what of its state is older than its patience, by subject.</returns>
    public static async Task<ILookup<WaitRule, Overdue>> FindOverdue(this Tx tx)
    {
        var before = WaitRules.All.Select(rule => tx.Now - rule.Patience).ToArray();
        var rows = await tx.Query<Row>(
            $"{s_all} order by rule, subject collate \"C\", missing collate \"C\"", new { before });
        return rows.ToLookup(row => WaitRules.All[row.Rule - 1],
            row => new Overdue(row.Subject, row.Since, row.Count, row.Missing));
    }

    private static readonly Dictionary<WaitRule, string> s_ofContests = new()
    {
        [WaitRules.Result] = """
            select c.contest_id || '/' || c.revision as subject, c.opened_at as since, 1::bigint as count,
                case
                    when s.award_chunks is null then 'the totals (contest.settled.v1); of its awards ' || c.chunks_received ||
                        ' chunks have come'
                    when c.chunks_received < s.award_chunks then 'of ' || s.award_chunks || ' chunks (contest.awards.v1) number '
                        || (
                        select string_agg(n::text, ', ' order by n) from (
                            select n from generate_series(0, s.award_chunks - 1) n
                            where not exists (select from payout.award_chunk a where a.contest_id = c.contest_id and a.revision =
                                c.revision and a.chunk = n) limit 20) absent)
                    else 'that Scoring has published and finalised it, or that all its entries are announced (contest.events.v1)'
                        end as missing
            from payout.contest c left join payout.settlement s on s.contest_id = c.contest_id and s.revision = c.revision
            where c.completed_at is null and c.state = 'receiving' and c.opened_at < @before
            """,
        [WaitRules.Posting] = """
            select contest_id || '/' || revision as subject, opened_at as since, 1::bigint as count,
                'ledger lines of ' || chunks_received - chunks_posted || ' of ' || chunks_received || ' chunks' as missing
            from payout.contest where completed_at is null and state = 'posting' and opened_at < @before
            """,
        [WaitRules.NoResult] = """
            select f.contest_id || '/' || f.revision as subject, f.finalized_at as since, 1::bigint as count,
                'the result (contest.awards.v1, contest.settled.v1) of a contest that is final' as missing
            from payout.finalized_contest f left join payout.collection n on n.contest_id = f.contest_id
            where f.finalized_at < @before and n.cancel_reason is null
                and not exists (select from payout.contest c where c.contest_id = f.contest_id and c.revision = f.revision)
            """,
        [WaitRules.Unaccepted] = """
            select p.contest_id as subject, min(c.at) as since, count(*) as count,
                'an answer of Scoring to entries that have paid ' || sum(p.amount_minor) || ' ' || p.currency ||
                    ' (minor units), the first: ' || min(p.entry_id) as missing
            from payout.entry_payment p
            cross join lateral (
                select min(at) as at from payout.entry_payment_change c where c.contest_id = p.contest_id and c.entry_id =
                    p.entry_id and c.state = 'paid') c
            left join payout.collection n on n.contest_id = p.contest_id
            where p.entry_state = 'awaiting' and p.charge_id is not null and c.at < @before and n.cancel_reason is null and
                n.finalized_revision is null
            group by p.contest_id, p.currency
            """,
        [WaitRules.PaidOutside] = """
            select p.contest_id as subject, min(f.finalized_at) as since, count(*) as count,
                'acceptance or refusal of entries of a final contest that have paid ' || sum(p.amount_minor) || ' ' || p.currency
                    || ' (minor units), the first: '
                    || min(p.entry_id) as missing
            from payout.entry_payment p
            join payout.finalized_contest f on f.contest_id = p.contest_id and f.revision = 1
            left join payout.collection n on n.contest_id = p.contest_id
            where p.entry_state = 'awaiting' and p.charge_id is not null and f.finalized_at < @before and n.cancel_reason is null
            group by p.contest_id, p.currency
            """,
    };

    private static readonly Dictionary<WaitRule, string> s_ofStripe = new()
    {
        [WaitRules.Intent] = """
            select contest_id as subject, min(created_at) as since, count(*) as count, 'a payment intent for entries, the first: '
                || min(entry_id) as missing
            from payout.entry_payment where state = 'requested' and give_back_reason is null and created_at < @before group by
                contest_id
            """,
        [WaitRules.Refund] = """
            select contest_id as subject, min(asked_at) as since, count(*) as count,
                sum(amount_minor) || ' minor units that are to go back, the first of entry ' || min(entry_id) as missing
            from payout.entry_refund where state = 'open' and asked_at < @before group by contest_id
            """,
        [WaitRules.RefundPending] = """
            select contest_id as subject, min(asked_at) as since, count(*) as count,
                sum(amount_minor) || ' minor units that Stripe has not sent, the first of entry ' || min(entry_id) as missing
            from payout.entry_refund where state = 'done' and pending_reason is not null and asked_at < @before group by
                contest_id
            """,
        [WaitRules.Bank] = """
            select status as subject, min(hinted_at) as since, count(*) as count, 'the end of bank payouts, the first: ' ||
                min(bank_payout_id) as missing
            from payout.bank_payout where status in ('pending', 'in_transit') and hinted_at < @before group by status
            """,
        [WaitRules.Call] = """
            select kind as subject, min(created_at) as since, count(*) as count, 'an answer of Stripe, the first about ' ||
                min(subject) as missing
            from payout.stripe_call where due_at is not null and created_at < @before group by kind
            """,
        [WaitRules.LostWithdrawal] = """
            select player_id as subject, min(kept_at) as since, count(*) as count,
                sum(amount_minor) || ' ' || currency || ' (minor units) in the wallet for withdrawals, the first: ' ||
                    min(withdrawal_id) as missing
            from payout.lost_withdrawal where made_at is null and kept_at < @before group by player_id, currency
            """,
        [WaitRules.LostStake] = """
            select contest_id as subject, min(kept_at) as since, count(*) as count,
                sum(amount_minor) || ' ' || currency || ' (minor units) in wallets for stakes, the first of entry ' ||
                    min(entry_id) as missing
            from payout.lost_stake where closed_at is null and accepted_at is not null and kept_at < @before
            group by contest_id, currency
            """,
        [WaitRules.Draft] = """
            select contest_id as subject, asked_at as since, 1::bigint as count,
                'Scoring''s answer to draft ' || draft_id || ' of ' || player_id as missing
            from payout.challenge_draft where state = 'publishing' and asked_at < @before
            """,
    };

    private static readonly string s_all = "select rule, subject, since, count, missing from (" + string.Join(
        "\nunion all\n", WaitRules.All.SelectMany((rule, at) =>
        Parts(rule).Select(part => $"select {at + 1} as rule, subject, since, count, missing from ({part}) found"
            .Replace("@before", $"(@before)[{at + 1}]", StringComparison.Ordinal))))
        + ") overdue";

    private static string[] Parts(WaitRule rule) =>
        rule == WaitRules.Submitting ? [Filled(OfPayouts, PayoutStates.Submitting)]
        : rule == WaitRules.Held ? [Filled(OfPayouts, PayoutStates.Held)]
        : rule == WaitRules.Funds ? [Filled(OfPayouts, PayoutStates.AwaitingFunds)]
        : rule == WaitRules.Reading ? [Filled(OfReadings, "accounts", "stripe_account"),
            Filled(OfReadings, "disputes", "dispute"), Filled(OfReadings, "bank payouts", "bank_payout")]
        : [s_ofContests.GetValueOrDefault(rule) ?? s_ofStripe[rule]];

    private static string Filled(string sql, params object[] words) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, words);
}
