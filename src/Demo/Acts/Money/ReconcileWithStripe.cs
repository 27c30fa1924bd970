using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// Ledger, Stripe and events compared as <c>contestctl reconcile --settling 0</c> does: every cent of the run must have both its
/// halves.
/// </summary>
public sealed class ReconcileWithStripe : IAct
{
    private const int ShownMax = 10;

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        await using var database = new WorkerDatabase(
            PayoutWorker.Name, context.Environment.Settings["ADMIN_DATABASE"]!, context.Clock);
        var stripe = StripeWire.Client(DemoEnvironment.StripeKey, context.Environment.Settings["STRIPE_API_BASE"],
            TimeSpan.FromSeconds(20), new SocketsHttpHandler());
        var now = context.Clock.GetUtcNow();
        var report = await ReconcileRun.Run(database, stripe, context.StartedAt.AddMinutes(-1), now.AddMinutes(1), TimeSpan.Zero,
            context.Clock, (_, _) =>
        {
        }, ct);
        context.Check(report.Matched > 0, "reconciliation compared nothing");
        foreach (var d in report.Differences.Take(ShownMax))
            context.Check(
                false, $"reconciliation: {d.Leg} {d.Kind} {d.Subject}, here {d.OursMinor}, at Stripe {d.TheirsMinor}: {d.What}");
        context.Check(report.Pending == 0, $"reconciliation left {report.Pending} facts pending");
        context.Say(
            $"reconciliation, ledger against Stripe against events: {report.Matched} matched, {report.Pending} pending, "
                + $"{report.Differences.Count} differences");
    }
}
