using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stripe;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>How often the ledger is compared with Stripe, and how much of it.</summary>
/// <param name="Every">From one run to the next.</param>
/// <param name="Window">How far each run looks back: more than one period, so that what was pending is looked at again.</param>
/// <param name="Settling">What is younger may lack its other half.</param>
public sealed record ReconcileOptions(TimeSpan Every, TimeSpan Window, TimeSpan Settling)
{
    public static ReconcileOptions From(IConfiguration settings)
    {
        var every = TimeSpan.FromMinutes(settings.Whole("PAYOUT_RECONCILE_MINUTES"));
        return new ReconcileOptions(every, 2 * every + TimeSpan.FromDays(1), TimeSpan.FromMinutes(15));
    }
}

/// <summary>
/// Compares on a schedule, keeps what it found, and raises an alert for every difference, once. The schedule is in the database,
/// so a restart neither repeats nor forgets a run. Looks only, and does so with the key that may do no more.
/// </summary>
public sealed class ReconcileLoop(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database,
    [FromKeyedServices(StripeWire.ReadingStripe)] IStripeClient stripe, ReconcileOptions options, TimeProvider clock,
    ILogger<ReconcileLoop> log) : PollingLoop(database, s_look, clock, log, LongRound)
{
    /// <summary>As many as may have found what is over now.</summary>
    private const int RunsLooked = 20;

    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);

    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();

    /// <summary>The last run that was begun did not come to its end.</summary>
    private bool isFailing;

    protected override async Task<bool> Round(CancellationToken ct)
    {
        try
        {
            await RunOnce(ct);
        }
        catch (OperationCanceledException slow) when (!ct.IsCancellationRequested)
        {
            log.StripeTrouble(slow);
        }
        catch (HttpRequestException trouble)
        {
            log.StripeTrouble(trouble);
        }
        catch (StripeException trouble)
        {
            log.StripeTrouble(trouble);
        }

        return false;
    }

    /// <returns>What was found; null when no run is due.</returns>
    /// <exception cref="StripeException">Stripe did not give its lists; nothing was kept, and the next run looks back as
    /// far.</exception>
    public async Task<ReconcileReport?> RunOnce(CancellationToken ct)
    {
        var (comparedUntil, recovery) = await database.Run(async tx => (await tx.ComparedUntil(), await tx.OpenRecovery()), ct);
        if (NextReconcile.Of(comparedUntil, startedAt, clock.GetUtcNow(), options, recovery) is not { } turn) return null;
        if (isFailing && turn.To >= turn.DueAt + options.Every) await database.Run(tx => TellOverdue(turn, tx), ct);
        isFailing = true;
        var outcome = await ReconcileRun.Compare(
            database, stripe, turn.From, turn.To, options.Settling, clock, (_, _) => Heartbeat.Beat(), ct);
        var report = outcome.Report;
        await database.Run(async tx =>
        {
            await Keep(report, tx);
            foreach (var total in outcome.Totals ?? [])
                if (total.DifferenceMinor == 0)
                    tx.ResolveAlert(
                        TellDifferences.TotalKey(total.Currency), "Stripe's balance and the ledger's are the same again");
            await EndDifferences(report, tx);
            await tx.BookOutside(outcome);
        }, ct);
        isFailing = false;
        log.Reconciled(report.Matched, report.Pending, report.Differences.Count);
        return report;
    }

    /// <summary>
    /// What was awarded and not paid is so until it is: of that each run tells all. Of the other comparisons a difference is over
    /// when a run looks at its time again and does not find it; movements from outside, which are booked once told, are for a
    /// person to end.
    /// </summary>
    private static async Task EndDifferences(ReconcileReport report, Tx tx)
    {
        var still = report.Differences.Select(TellDifferences.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in await tx.AlertsOpenUnder($"reconcile/{ReconcileLegs.Results}/"))
            if (!still.Contains(key)) tx.ResolveAlert(key, "the result, the ledger and the payouts say the same");
        var looked = (await tx.Reconciliations(RunsLooked)).SelectMany(r =>
            JsonSerializer.Deserialize<IReadOnlyList<Difference>>(r.Differences, WireJson.Options) ?? [])
            .Where(d => d.At >= report.From && d.At < report.To
                && d.Leg is ReconcileLegs.Balance or ReconcileLegs.Objects or ReconcileLegs.Events
                && !TellDifferences.IsOfMovement(d));
        foreach (var key in looked.Select(TellDifferences.Key).Distinct(StringComparer.Ordinal).Where(k => !still.Contains(k)))
            tx.ResolveAlert(key, "both sides say the same");
    }

    private static async Task Keep(ReconcileReport report, Tx tx)
    {
        await tx.SaveReconciliation(report, Encoding.UTF8.GetString(WireJson.Bytes(report.Differences)));
        var (each, rest) = TellDifferences.Of(
            report.Differences, await tx.AlertsRaised([.. report.Differences.Select(TellDifferences.Key)]));
        foreach (var difference in each)
        {
            tx.Alert(ReconcileAlerts.Differs(difference));
        }

        if (rest.Count == 0) return;
        var worst = TellDifferences.Severity(rest[0]);
        tx.Alert(ReconcileAlerts.More(report, rest, worst, tx.Now));
    }

    /// <summary>Once a day.</summary>
    private static Task TellOverdue(ReconcileTurn turn, Tx tx)
    {
        tx.Alert(ReconcileAlerts.RunOverdue(turn, tx.Now));
        return Task.CompletedTask;
    }
}

/// <summary>What reconciliation logs.</summary>
internal static partial class ReconcileLog
{
    [LoggerMessage(1, LogLevel.Warning, "Stripe did not answer; the comparison is made again later")]
    public static partial void StripeTrouble(this ILogger log, Exception trouble);

    [LoggerMessage(
        2, LogLevel.Information, "Compared with Stripe: {Matched} matched, {Pending} pending, {Differences} differences")]
    public static partial void Reconciled(this ILogger log, int matched, int pending, int differences);
}
