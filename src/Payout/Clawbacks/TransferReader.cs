using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>Events of transfers that were taken back.</summary>
public static class TransferEvents
{
    /// <summary><c>transfer.reversed</c>: the transfer is read again with all its reversals.</summary>
    public static async Task Reversed(StripeEventV1 stripeEvent, Tx tx)
    {
        if (stripeEvent.Data.Text("id") is { } transferId) await tx.HintTransfer(transferId);
    }
}

/// <summary>
/// Reads again the transfers that events hinted at, and books every reversal that is not booked: our own, and those made at
/// Stripe's dashboard.
/// </summary>
public sealed class TransferReader(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe) : IRereads
{
    public const int TransfersMax = 50;

    public async Task<int> ReadStale(CancellationToken ct)
    {
        var read = 0;
        foreach (var due in await database.Run(tx => tx.DueTransfers(TransfersMax), ct))
        {
            var answer = await stripe.Look("transfers.get", (client, token) => Read(client, due.TransferId, token), ct);
            if (answer is StripeAnswer.Found { Object: TransferReading reading })
            {
                if (await database.OrPassOver(
                    () => Take(due, reading, ct), "transfer", due.TransferId, (at, tx) => tx.ReadTransferAt(due, at), ct)) read++;
                continue;
            }

            if (stripe.IsSilent) return read;
            await database.Run(tx => tx.NotRead("transfer", due.TransferId, answer, at => tx.ReadTransferAt(due, at)), ct);
        }

        return read;
    }

    private static async Task<object> Read(IStripeClient client, string transferId, CancellationToken ct)
    {
        var transfer = await new TransferService(client).GetAsync(transferId, cancellationToken: ct);
        var reversals = (await TransferReversals.All(client, transferId, ct)).Items.Select(r => ReversalFacts.Of(r, transferId));
        return new TransferReading(
            transferId, transfer.Metadata?.GetValueOrDefault("payout_id"),
            [.. reversals.OrderBy(r => r.MadeAt).ThenBy(r => r.ReversalId, StringComparer.Ordinal)]);
    }

    /// <returns>False when it has to be read later.</returns>
    private async Task<bool> Take(DueTransfer due, TransferReading reading, CancellationToken ct)
    {
        foreach (var reversal in reading.Reversals)
        {
            if (await database.Run(tx => Book(reading, reversal, tx), ct)) continue;
            await database.Run(tx => tx.ReadTransferAt(due, tx.Now + ReversalSql.Later), ct);
            return false;
        }

        await database.Run(
            async tx =>
            {
                await tx.TransferRead(due);
                await tx.WasRead("transfer", due.TransferId);
            }, ct);
        return true;
    }

    /// <returns>False while it is not known here yet that the transfer was made.</returns>
    private static async Task<bool> Book(TransferReading reading, ReversalFacts reversal, Tx tx)
    {
        var payoutId = await tx.PaidBy(reading.TransferId);
        if ((payoutId ?? reading.PayoutMark) is { } named && await tx.LockPayout(named) is { } locked)
        {
            if (payoutId is not null || await tx.PaidBy(reading.TransferId) == named)
            {
                await tx.BookReversal(locked, reversal);
                return true;
            }

            if ((await tx.Attempts(named)).Any(a => a.Outcome == AttemptOutcome.Open)) return false;
        }

        tx.Alert(ClawbackAlerts.ForeignReversal(reversal));
        return true;
    }
}
