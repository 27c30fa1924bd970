using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Monitoring;

/// <summary>
/// Reads payouts by state, the ledger's net, the last comparison with Stripe, the last balance, and whether Stripe is asked.
/// </summary>
public sealed class PayoutMeasures(StripeGateway stripe) : IMeasure
{
    public async Task Measure(Tx tx)
    {
        stripe.TellCircuits();
        await MeasurePayouts(tx);
        foreach (var net in await tx.NetOfAllAccounts())
            PayoutMetrics.LedgerDriftMinor.Record(net.NetMinor, new KeyValuePair<string, object?>("currency", net.Currency));
        if (await tx.LastComparison() is { } last)
        {
            PayoutMetrics.Differences.Record(last.DifferenceCount);
            PayoutMetrics.ReconciledSeconds.Record((tx.Now - last.At).TotalSeconds);
        }

        foreach (var balance in await tx.LastBalances())
        {
            PayoutMetrics.AvailableMinor.Record(
                balance.AvailableMinor, new KeyValuePair<string, object?>("currency", balance.Currency));
            PayoutMetrics.OwedMinor.Record(
                balance.ObligationsMinor, new KeyValuePair<string, object?>("currency", balance.Currency));
        }
    }

    /// <summary>A state that nothing is in any more is told as 0, not passed over.</summary>
    private static async Task MeasurePayouts(Tx tx)
    {
        var sums = await tx.SumsByState();
        foreach (var currency in sums.Select(s => s.Currency).Distinct(StringComparer.Ordinal))
        {
            foreach (var state in PayoutStates.All)
            {
                var sum = sums.SingleOrDefault(s => s.State == state && s.Currency == currency);
                var tags = new TagList { { "state", state }, { "currency", currency } };
                PayoutMetrics.Payouts.Record(sum?.Payouts ?? 0, tags);
                PayoutMetrics.AmountMinor.Record(sum?.AmountMinor ?? 0, tags);
            }
        }

        var open = sums.Where(s => !PayoutStates.IsTerminal(s.State)).Select(s => s.OldestAt).ToArray();
        PayoutMetrics.OldestOpenSeconds.Record(open.Length == 0 ? 0 : (tx.Now - open.Min()).TotalSeconds);
    }
}
