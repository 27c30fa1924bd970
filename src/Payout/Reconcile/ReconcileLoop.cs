using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stripe;

namespace ContestPipeline.Payout;

/// <summary>How often the ledger is compared with Stripe, and how much of it.</summary>
/// <param name="Every">From one run to the next.</param>
/// <param name="Window">How far each run looks back: more than one period, so that what was pending is looked at again.</param>
/// <param name="Settling">What is younger may lack its other half.</param>
public sealed record ReconcileOptions(TimeSpan Every, TimeSpan Window, TimeSpan Settling)
{
    public static ReconcileOptions From(IConfiguration settings)
    {
        var every = TimeSpan.FromMinutes(settings.Whole("PAYOUT_RECONCILE_MINUTES", 360, 1, 7 * 24 * 60));
        return new ReconcileOptions(every, 2 * every + TimeSpan.FromDays(1), TimeSpan.FromMinutes(15));
    }
}

/// <summary>
/// Compares on a schedule, keeps what it found, and raises an alert for every difference, once. The schedule is in the database, so a restart neither
/// repeats nor forgets a run. Looks only, and does so with the key that may do no more.
/// </summary>
public sealed class ReconcileLoop(
    [FromKeyedServices(PayoutService.Name)] WorkerDatabase database, [FromKeyedServices(ReconcileLoop.ReadingStripe)] IStripeClient stripe, ReconcileOptions options,
    TimeProvider clock, ILogger<ReconcileLoop> log) : RoundLoop(database, s_look, clock, log, LongRound)
{
    public const string ReadingStripe = "stripe-for-reading";

    /// <summary>Alerts of one run; the rest is the same story, and all of it is kept with the run.</summary>
    public const int AlertsMax = 20;

    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);
    private static readonly string[] s_critical = [DifferenceKinds.Duplicate, DifferenceKinds.Amount, DifferenceKinds.Destination, DifferenceKinds.UnknownHere];

    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly DateTimeOffset firstAt = clock.GetUtcNow() + options.Settling;

    protected override async Task<bool> Round(CancellationToken ct)
    {
        var last = await database.Run(tx => tx.LastReconciliation(), ct);
        if (clock.GetUtcNow() < (last + options.Every ?? firstAt)) return false;
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

    public async Task<ReconcileReport> RunOnce(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var report = await ReconcileRun.Run(database, stripe, now - options.Window, now, options.Settling, clock, (_, _) => { }, ct);
        await database.Run(
            async tx =>
            {
                await tx.SaveReconciliation(report, Encoding.UTF8.GetString(WireJson.Bytes(report.Differences)));
                foreach (var difference in report.Differences.Take(AlertsMax)) Alert(tx, difference);
            }, ct);
        log.Reconciled(report.Matched, report.Pending, report.Differences.Count);
        return report;
    }

    private static void Alert(Tx tx, Difference difference) => tx.Alert(
        $"reconcile/{difference.Leg}/{difference.Kind}/{difference.Subject}", s_critical.Contains(difference.Kind) ? "critical" : "warning",
        $"reconcile-{difference.Kind}", difference.Subject, difference.What,
        "run contestctl reconcile and look the object up in Stripe's dashboard; nothing is corrected by itself");
}

/// <summary>What reconciliation logs.</summary>
internal static partial class ReconcileLog
{
    [LoggerMessage(1, LogLevel.Warning, "Stripe did not answer; the comparison is made again later")]
    public static partial void StripeTrouble(this ILogger log, Exception trouble);

    [LoggerMessage(2, LogLevel.Information, "Compared with Stripe: {Matched} matched, {Pending} pending, {Differences} differences")]
    public static partial void Reconciled(this ILogger log, int matched, int pending, int differences);
}
