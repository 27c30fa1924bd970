using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stripe;

namespace ContestPipeline.Payout.Recovery;

/// <summary>A transfer that names the attempt it was made for.</summary>
/// <param name="AttemptKey">The idempotency key of the attempt, as the transfer's metadata say.</param>
public sealed record NamedTransfer(string TransferId, string AttemptKey, DateTimeOffset CreatedAt);

/// <summary>
/// Looks, before anything is sent and every minute after, whether Stripe has a transfer of which the books know no attempt. An
/// attempt is committed before it is sent: books without it have gone back in time, by a restored back-up or a standby that
/// lacked the newest commits. Everything that moves money is stopped.
/// </summary>
public sealed class BooksWatch(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, TimeProvider clock,
    ILogger<BooksWatch> log)
    : PollingLoop(database, s_every, clock, log)
{
    /// <summary>The newest are looked at: books that went back lack those first.</summary>
    private const int TransfersLookedAt = 100;

    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);

    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private bool hasLooked;

    /// <summary>It starts before whatever claims work. Where nothing is started, as in the simulation, nobody looks.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        stripe.BooksAreUnknown(true);
        return base.StartAsync(cancellationToken);
    }

    /// <summary>One look.</summary>
    /// <returns>False when Stripe did not answer: nothing is known.</returns>
    public async Task<bool> Look(CancellationToken ct)
    {
        var answer = await stripe.Look(
            "transfers.list",
            async (client,
                token) => await new TransferService(client)
                    .ListAsync(new TransferListOptions { Limit = TransfersLookedAt }, cancellationToken: token), ct);
        if (answer is not StripeAnswer.Found { Object: StripeList<Transfer> shown }) return false;
        NamedTransfer[] named =
        [
            .. from transfer in shown.Data
               where transfer.Metadata?.GetValueOrDefault("attempt") is { Length: > 0 }
               select new NamedTransfer(
                   transfer.Id, transfer.Metadata["attempt"], new DateTimeOffset(transfer.Created, TimeSpan.Zero)),
        ];
        await database.Run(tx => Compare(named, tx), ct);
        stripe.BooksAreUnknown(false);
        return hasLooked = true;
    }

    protected override async Task<bool> Round(CancellationToken ct)
    {
        if (!await Look(ct) && !hasLooked) await Task.Delay(s_soon, clock, ct);
        return !hasLooked;
    }

    /// <summary>Not while a recovery is open: what it has not found yet is unknown.</summary>
    private static async Task Compare(IReadOnlyList<NamedTransfer> named, Tx tx)
    {
        if (named.Count == 0 || await tx.OpenRecovery() is not null) return;
        var unknown = await tx.UnknownTransfers(named);
        if (unknown.Count == 0) return;
        var first = named.Where(t => unknown.Contains(t.TransferId)).MinBy(t => t.CreatedAt)!;
        var cause =
            $"Stripe has transfer {first.TransferId} of {first.CreatedAt:u} for attempt {first.AttemptKey}, and "
                + $"{unknown.Count - 1} more, of which the books know no attempt: the database of "
            + "payout went back in time";
        await tx.StopMoney(cause, first.CreatedAt - BooksWentBack.Before);
        tx.Alert(RecoveryAlerts.TransferUnknown(first.TransferId, cause));
    }
}
