using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Withdrawals;

/// <summary>
/// What Payout itself has told since the loss is read back: withdrawals that the books lack are made again, and what is told of
/// a payout or a payment counts on from what was told of it. Where the offsets show the loss that is done before anything is
/// handled again; where a person or Stripe's transfers showed it, as soon as money is stopped.
/// </summary>
public sealed partial class ToldBefore(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, ReadWritten read, ILogger<ToldBefore> log) : IRereads
{
    /// <summary>Where it is told.</summary>
    public static IReadOnlyList<string> Told { get; } = [Topics.PayoutEvents, Topics.PaymentEvents];

    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromMinutes(10);

    /// <summary>When the books turn out to have gone back, before anything is handled again: money stops, too.</summary>
    public static async Task ReadBack(WentBack lost, Tx tx)
    {
        await BooksWentBack.Stop(lost, tx);
        await Keep(lost.Written, lost.KnownUntil - BooksWentBack.Before, tx);
    }

    /// <returns>1 when it was read back now, else 0.</returns>
    public async Task<int> ReadStale(CancellationToken ct)
    {
        if (await database.Run(tx => tx.ToldLostSince(), ct) is not { } since) return 0;
        try
        {
            var written = Told.SelectMany(topic => read(
                topic, since - s_clocksDiffer,
                e => e.Source == TopicRights.SourceOf(PayoutWorker.Name) && ToldChange.IsTold(e.WireName), ct)).ToArray();
            await database.Run(tx => Keep(written, since, tx), ct);
            return 1;
        }
        catch (TimeoutException silent)
        {
            Log.NotReadBack(log, silent.Message);
            return 0;
        }
    }

    private static async Task Keep(IReadOnlyList<Envelope> written, DateTimeOffset since, Tx tx)
    {
        var told = ToldChange.Read(written);
        await tx.KeepTold(ToldChange.Of(told));
        await tx.KeepLost(LostWithdrawals.Of(told.OfType<PayoutChangedV1>()));
        await tx.ToldWasSeen(since);
    }

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "what was told before the books went back is not read back yet: {Why}")]
        internal static partial void NotReadBack(ILogger log, string why);
    }
}
