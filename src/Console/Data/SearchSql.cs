using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>Something whose id was searched for.</summary>
/// <param name="Kind">contest, payout, player, entry, charge, refund, account, deposit, withdrawal, dispute, game, alert.</param>
/// <param name="Page">The path of its page.</param>
public sealed record Found(string Kind, string Id, string What, string Page);

/// <summary>All SQL of the search: every look-up is one in an index.</summary>
public static class SearchSql
{
    private const int FoundMax = 20;

    /// <param name="id">Whole; nothing is searched for by a part of it. An entry is found by its contest as well
    /// (<c>contest/entry</c>).</param>
    public static async Task<IReadOnlyList<Found>> Search(this Tx tx, string id)
    {
        var rows = await tx.Query<Row>(
            """
            select 'contest' as kind, c.contest_id as id, c.state as what, c.contest_id as of_page from scoring.contest c where c.contest_id = @id
            union all
            select 'contest', c.contest_id, 'result at Payout: ' || c.state, c.contest_id
            from payout.contest c where c.contest_id = @id and not exists (select from scoring.contest s where s.contest_id = @id) and c.revision = 1
                and not starts_with(c.contest_id, 'withdrawal/')
            union all
            select 'payout', p.payout_id, p.state || ' for ' || p.player_id, p.payout_id from payout.payout p where p.payout_id = @id
            union all
            select 'transfer', a.transfer_id, 'paid by attempt ' || a.attempt_no, a.payout_id from payout.attempt a where a.transfer_id = @id
            union all
            select 'transfer reversal', r.reversal_id, 'of a payout', r.payout_id from payout.transfer_reversal r where r.reversal_id = @id
            union all
            (select 'player', p.player_id, 'has payouts', p.player_id from payout.payout p where p.player_id = @id limit 1)
            union all
            select 'account', a.account_id, 'transfers ' || a.transfers, a.player_id from payout.stripe_account a where a.account_id = @id
            union all
            (select 'player of an account', a.player_id, a.account_id, a.player_id from payout.stripe_account a where a.player_id = @id limit 5)
            union all
            select 'payment intent', e.intent_id, 'fee of entry ' || e.entry_id, e.contest_id from payout.entry_payment e where e.intent_id = @id
            union all
            (select 'charge', e.charge_id, 'fee of entry ' || e.entry_id, e.contest_id from payout.entry_payment e where e.charge_id = @id limit 5)
            union all
            select 'refund', r.refund_id, 'of the fee of entry ' || r.entry_id, r.contest_id from payout.entry_refund r where r.refund_id = @id
            union all
            select 'refund of a deposit', r.refund_id, 'of ' || r.deposit_id, d.player_id
            from payout.deposit_refund r join payout.wallet_deposit d on d.deposit_id = r.deposit_id
            where r.refund_id = @id
            union all
            (select 'entry', e.entry_id, 'fee ' || e.state || ' of ' || e.player_id, e.contest_id from payout.entry_payment e where e.entry_id = @id limit 5)
            union all
            select 'entry', e.entry_id, 'of ' || e.player_id, e.contest_id from scoring.entry e where e.contest_id = @contest and e.entry_id = @entry
            union all
            select 'deposit', d.deposit_id, d.state || ' by ' || d.player_id, d.player_id from payout.wallet_deposit d where d.deposit_id = @id
            union all
            select 'deposit', d.deposit_id, 'payment intent ' || d.intent_id, d.player_id from payout.wallet_deposit d where d.intent_id = @id
            union all
            select 'deposit', d.deposit_id, 'charge ' || d.charge_id, d.player_id from payout.wallet_deposit d where d.charge_id = @id
            union all
            (select 'player of a wallet', w.player_id, w.currency, w.player_id from payout.wallet w where w.player_id = @id limit 5)
            union all
            select 'withdrawal', w.withdrawal_id, 'by ' || w.player_id, w.payout_id from payout.wallet_withdrawal w where w.withdrawal_id = @id
            union all
            select case when d.contest_id is not null then 'dispute' when d.player_id is not null then 'dispute of a deposit'
                else 'dispute of an unknown payment' end, d.dispute_id, d.phase, coalesce(d.contest_id, d.player_id, 'dispute-unknown')
            from payout.dispute d where d.dispute_id = @id
            union all
            (select 'game', g.game_id, 'of contest ' || g.contest_id, g.contest_id from scoring.contest_game g where g.game_id = @id limit 10)
            union all
            select 'alert', a.dedup_key, a.cause, a.kind from payout.alert a where a.dedup_key = @id
            order by kind, id, of_page
            limit @FoundMax
            """,
            new { id, contest = id.Split('/')[0], entry = id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..], FoundMax });
        return [.. rows.Select(row => new Found(row.Kind, row.Id, row.What, PageOf(row)))];
    }

    private static string PageOf(Row row) => row.Kind switch
    {
        "payout" or "transfer" or "transfer reversal" or "withdrawal" => $"/payouts/{Uri.EscapeDataString(row.OfPage)}",
        "player" or "account" or "player of an account" or "deposit" or "player of a wallet" or "refund of a deposit"
            or "dispute of a deposit" => $"/players/{Uri.EscapeDataString(row.OfPage)}",
        "alert" or "dispute of an unknown payment" => $"/alerts?kind={Uri.EscapeDataString(row.OfPage)}",
        _ => $"/contests/{Uri.EscapeDataString(row.OfPage)}",
    };

    /// <summary>Constructor order is column order.</summary>
    private sealed record Row(string Kind, string Id, string What, string OfPage);
}
