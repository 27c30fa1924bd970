using ContestPipeline.Payout.Options;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// A balance that is short for a while is nobody's refusal: such a payout waits, however often Stripe has said so, and goes by
/// itself. It has failed only where Stripe has refused it, for another reason, as often as the policy says.
/// </summary>
internal static class SimShortages
{
    internal static async Task<IEnumerable<string>> Faults(SimLane lane) =>
        (await lane.Admin.QueryAsync<(string PayoutId, long Refusals, string Reason)>(
            """
            select c.payout_id,
                (select count(*) from payout.attempt a
                    where a.payout_id = c.payout_id and a.outcome in ('refused', 'account', 'unfunded')
                        and a.last_answer not like '%balance_insufficient%'),
                coalesce(min(c.reason), '')
            from payout.payout_change c
            where c.state = 'failed'
            group by c.payout_id
            order by c.payout_id
            """)).Where(f => f.Refusals <= PayoutPolicy.Default.Retries.Count).Select(f =>
            $"{f.PayoutId} has failed with {f.Refusals} refusals that were not for want of money: {f.Reason}");
}
