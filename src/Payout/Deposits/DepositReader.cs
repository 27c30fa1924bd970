using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Deposits;

/// <summary>
/// Reads the payment intents of deposits again: those that an event hinted at, and on a schedule those that wait for their
/// players, so that an event that never comes changes nothing but the hour, and what nobody pays is given up.
/// </summary>
public sealed class DepositReader(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, PayoutOptions options) : IRereads
{
    private const string What = "deposit";

    /// <returns>How many were due.</returns>
    public async Task<int> ReadStale(CancellationToken ct)
    {
        var due = await database.Run(tx => tx.ClaimDepositReads(options.Parallel, tx.Now.AddSeconds(options.LeaseSeconds)), ct);
        await Task.WhenAll(due.Select(deposit => Read(deposit, ct)));
        return due.Count;
    }

    private async Task Read(DepositToRead due, CancellationToken ct)
    {
        var seen = await stripe.Look(
            "payment_intents.read", async (client, token) => await IntentCalls.Read(client, due.IntentId, token), ct);
        if (seen is StripeAnswer.Found { Object: PaymentIntent intent })
        {
            await database.OrPassOver(
                () => database.Run(tx => Apply(due, PaymentFacts.Of(intent), tx), ct), What, due.DepositId,
                (at, tx) => tx.ReadDepositAgain(due, at), ct);
            return;
        }

        if (stripe.IsSilent) return;
        await database.Run(tx => tx.NotRead(What, due.DepositId, seen, at => tx.ReadDepositAgain(due, at)), ct);
    }

    private static async Task<bool> Apply(DepositToRead due, PaymentFacts facts, Tx tx)
    {
        await tx.WasRead(What, due.DepositId);
        var deposit = await tx.LockDeposit(due.DepositId) ?? throw new InvariantException($"{due.DepositId} has no row");
        deposit = await tx.ApplyReading(deposit, facts);
        var more = deposit.IsOpen || deposit.State == DepositState.Paid && deposit.StripeFeeMinor is null;
        await tx.ReadDepositAgain(due, more ? tx.Now + DepositTransitions.ReadEvery : null);
        return true;
    }
}
