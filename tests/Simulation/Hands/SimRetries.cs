using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reviews;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// An operator who, when nothing else goes on, sends again what has failed: a payout that Stripe has refused so often that it is
/// at its end waits for a person.
/// </summary>
internal sealed partial class SimHands
{
    private readonly HashSet<string> notToRetry = new(StringComparer.Ordinal);

    /// <returns>False: there is no failed payout that may be sent again.</returns>
    internal async Task<bool> RetryFailed(SimLane lane, CancellationToken ct)
    {
        const string Failed = "select payout_id from payout.payout where state = 'failed' order by 1";
        var failed = (await lane.Admin.QueryAsync<string>(Failed)).Where(id => !notToRetry.Contains(id)).ToArray();
        if (failed.Length == 0) return false;
        var payout = lane.Slots.Where(s => s.Worker == PayoutWorker.Name).ToArray();
        var answer = await payout[0].Desk.Run(tx => RetryRoutes.Retry(failed[0], "olga", "it has failed", tx), ct);
        world.Note($"{failed[0]} has failed and is sent again: {answer}");
        world.Faults.Hit(answer is RetryAnswer.Go ? "failed payout sent again" : "failed payout not to be sent again");
        if (answer is RetryAnswer.Go) world.Stripe.Retried.Add(failed[0]);
        else notToRetry.Add(failed[0]);
        world.Committed?.Invoke(PayoutWorker.Name);
        foreach (var round in payout.SelectMany(s => s.Process!.Rounds)) round.IsDue |= round.Name == "runner";
        return true;
    }
}
