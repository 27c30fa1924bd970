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
        var (read, seen) = await IntentCalls.Look(stripe, due.IntentId, due.HasRefunds, ct);
        if (read is not null)
        {
            await database.OrPassOver(
                () => database.Run(tx => Apply(due, PaymentFacts.Of(read.Intent), read.Refunds, tx), ct), What, due.DepositId,
                (at, tx) => tx.ReadDepositAgain(due, at), ct);
            return;
        }

        if (stripe.IsSilent) return;
        await database.Run(tx => tx.NotRead(What, due.DepositId, seen, at => tx.ReadDepositAgain(due, at)), ct);
    }

    private static async Task<bool> Apply(DepositToRead due, PaymentFacts facts, IReadOnlyList<Refund> refunds, Tx tx)
    {
        await tx.WasRead(What, due.DepositId);
        var deposit = await tx.LockDeposit(due.DepositId) ?? throw new InvariantException($"{due.DepositId} has no row");
        deposit = await tx.ApplyReading(deposit, facts);
        var isUnanswered = deposit.State == DepositState.Paid && refunds.Count > 0 && await ApplyRefunds(deposit, refunds, tx);
        var more = deposit.IsOpen || deposit.State == DepositState.Paid && deposit.StripeFeeMinor is null || isUnanswered;
        await tx.ReadDepositAgain(due, more ? tx.Now + DepositTransitions.ReadEvery : null);
        return true;
    }

    /// <summary>
    /// A refund that came back from the bank is in its lot again; one that nobody here asked for is booked, unless the answer to
    /// what is open may still say that it was that one.
    /// </summary>
    /// <returns>True: it is to be read once more.</returns>
    private static async Task<bool> ApplyRefunds(Deposit deposit, IReadOnlyList<Refund> shown, Tx tx)
    {
        var known = await tx.DepositRefunds(deposit.DepositId);
        var now = shown.ToDictionary(r => r.Id, StringComparer.Ordinal);
        foreach (var refund in known)
        {
            if (refund is not { State: DepositRefundState.Done, RefundId: { } id } || !now.TryGetValue(id, out var at)) continue;
            if (RefundCalls.IsVoid(at)) await tx.FailedRefund(deposit, refund, id, at.FailureReason ?? at.Status);
            else if (RefundCalls.PendingReason(at) is var pending && pending != refund.PendingReason)
                await tx.UpdateDepositRefund(refund with { PendingReason = pending });
        }

        var ours = known.Select(r => r.Words).Concat(known.Select(r => r.RefundId).OfType<string>())
            .ToHashSet(StringComparer.Ordinal);
        Refund[] byHand =
        [
            .. shown.Where(r => !RefundCalls.IsVoid(r) && !ours.Contains(r.Id)
                && !ours.Contains(r.Metadata?.GetValueOrDefault(RefundCalls.MarkName) ?? ""))
                .OrderBy(r => r.Created).ThenBy(r => r.Id, StringComparer.Ordinal),
        ];
        if (known.Any(r => r.State == DepositRefundState.Open)) return byHand.Length > 0;
        foreach (var refund in byHand) await tx.RefundedByHand(deposit, refund);
        return false;
    }
}
