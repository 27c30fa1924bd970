using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>
/// Everything that the judgement is made from, read after the storm: the topics from their beginning, Stripe's own lists, the
/// books.
/// </summary>
internal sealed record Evidence(
    IReadOnlyList<Wave> Waves, IReadOnlyList<IMessage> Events, IReadOnlyList<LifecycleV1> Lifecycle,
    IReadOnlyList<IMessage> Results, IReadOnlyList<StatLineV1> Lines, IReadOnlyList<AlertRaisedV1> Alerts,
    IReadOnlyList<JsonElement> Transfers, IReadOnlyList<JsonElement> Intents, IReadOnlyList<JsonElement> Refunds,
    LedgerReport Ledger, ReconcileReport Reconciliation, int Parked)
{
    /// <summary>Contests that were played beside the waves and are judged elsewhere.</summary>
    internal IReadOnlySet<string> Others { get; init; } = new HashSet<string>();

    /// <summary>How Payout's database went back; null: it did not.</summary>
    internal string? WentBack { get; init; }

    internal static async Task<Evidence> Gather(
        ChaosStage stage, IReadOnlyList<Wave> waves, DateTimeOffset startedAt, CancellationToken ct)
    {
        var now = stage.Clock.GetUtcNow();
        // The lists of many contests are more requests in a second than Stripe takes of one key.
        await stage.Lists.Command("limits", new { endpoint_per_second_max = 100_000, global_per_second_max = 100_000 }, ct);
        await using var database = new WorkerDatabase(PayoutWorker.Name, stage.Settings["ADMIN_DATABASE"]!, stage.Clock);
        var stripe = StripeWire.Client(DemoEnvironment.StripeKey, $"http://127.0.0.1:{stage.Plan.Stripe}",
            TimeSpan.FromSeconds(20), new SocketsHttpHandler());
        return new Evidence(
            waves, Read(stage, Topics.ContestEvents, ct), [.. Read(stage, Topics.Lifecycle, ct).OfType<LifecycleV1>()],
            Read(stage, Topics.Results, ct),
            [.. Read(stage, Topics.StatLines, ct).OfType<StatLineV1>()],
            [.. Read(stage, Topics.Alerts, ct).OfType<AlertRaisedV1>()], await stage.Lists.All("transfers", ct),
            await stage.Lists.All("payment_intents", ct), await stage.Lists.All("refunds", ct),
            await stage.Database.VerifyLedger(ct),
            await ReconcileRun.Run(database, stripe, startedAt.AddMinutes(-1), now.AddMinutes(1), TimeSpan.Zero, stage.Clock,
                (_, _) =>
            {
            }, ct),
            await stage.Database.Parked(ct));
    }

    private static IReadOnlyList<IMessage> Read(ChaosStage stage, string topic, CancellationToken ct) =>
    [
        .. new TopicReader(stage.Kafka).Read(topic, ct)
            .Where(e => e.WireName is not null && WireTypes.Find(e.WireName) is not null)
            .Select(e => (IMessage)WireJson.Read(e.Body.Span, WireTypes.Find(e.WireName)!)),
    ];
}
