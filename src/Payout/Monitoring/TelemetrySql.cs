using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Monitoring;

/// <summary>Payouts of one state and currency, added up.</summary>
public sealed record StateSum(string State, string Currency, long Payouts, long AmountMinor, DateTimeOffset OldestAt);

/// <summary>What all accounts of one currency sum to.</summary>
public sealed record CurrencyNet(string Currency, long NetMinor);

/// <summary>What the last comparison with Stripe came to.</summary>
public sealed record LastComparison(DateTimeOffset At, int DifferenceCount);

/// <summary>What was written down last of the platform's balance.</summary>
public sealed record LastBalance(string Currency, long AvailableMinor, long ObligationsMinor);

/// <summary>All SQL of the figures that are read now and then.</summary>
public static class TelemetrySql
{
    public static Task<IReadOnlyList<StateSum>> SumsByState(this Tx tx) => tx.Query<StateSum>(
        """
        select state, currency, count(*) as payouts, sum(amount_minor)::bigint as amount_minor, min(created_at) as oldest_at
        from payout.payout
        group by state, currency
        order by state, currency
        """);

    public static Task<IReadOnlyList<CurrencyNet>> NetOfAllAccounts(this Tx tx) => tx.Query<CurrencyNet>(
        """
        select currency, sum(balance_minor)::bigint as net_minor
        from payout.ledger_account
        group by currency
        order by currency
        """);

    /// <returns>Null when there was none yet.</returns>
    public static Task<LastComparison?> LastComparison(this Tx tx) => tx.QueryOne<LastComparison>(
        """
        select at, difference_count
        from payout.reconciliation
        order by run_no desc
        limit 1
        """);

    public static Task<IReadOnlyList<LastBalance>> LastBalances(this Tx tx) => tx.Query<LastBalance>(
        """
        select distinct on (currency) currency, available_minor, obligations_minor
        from payout.balance_snapshot
        order by currency, taken_at desc
        """);
}
