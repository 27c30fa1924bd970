using ContestPipeline.Payout.Halts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>Payouts that are not over, of one currency.</summary>
public sealed record OpenPayouts(string Currency, long Payouts, long AmountMinor);

/// <summary>All SQL of the page of halts, beside Payout's own.</summary>
public static class HaltsSql
{
    /// <summary>What a halt would keep from going.</summary>
    /// <param name="scope">One of <see cref="HaltScope"/>.</param>
    /// <param name="subject">The contest's or the player's id; not looked at for all payouts.</param>
    public static Task<IReadOnlyList<OpenPayouts>> OpenOf(this Tx tx, string scope, string subject) => tx.Query<OpenPayouts>(
        $"""
        select currency, count(*) as payouts, sum(amount_minor)::bigint as amount_minor
        from payout.payout
        where state <> 'paid' and state in ('pending', 'held', 'awaiting_account', 'awaiting_funds', 'submitting')
            {(scope == HaltScope.Contest ? "and contest_id = @subject" : scope == HaltScope.Player ? "and player_id = @subject" : "")}
        group by currency
        order by currency
        """,
        new { subject });
}
