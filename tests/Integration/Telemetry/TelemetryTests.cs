using ContestPipeline.Contracts;
using ContestPipeline.Integration.EndToEnd;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Telemetry;

/// <summary>What a collector gets from the four workers, each a process, while they play and pay a slate.</summary>
public sealed class TelemetryTests
{
    /// <summary>From the transfer back to the feed, each span the parent of the one before.</summary>
    private static readonly string[] s_chain =
    [
        "payout: stripe transfers.create", "payout: pay", "payout: process contests.results.v1",
        "settlement: publish contests.results.v1", "settlement: settle", "settlement: process contest.events.v1",
        "scoring: publish contest.events.v1", "scoring: advance contest", "scoring: process stats.lines.v1",
        "ingestion: publish stats.lines.v1", "ingestion: process feed.games.v1",
    ];

    private static readonly string[] s_ofEveryWorker =
        ["pipeline.messages.handled", "pipeline.batch.duration", "pipeline.job.duration", "pipeline.consumer.lag",
            "pipeline.outbox.sent", "pipeline.outbox.age", "pipeline.parked.keys"];

    private static readonly string[] s_ofPayout =
    [
        "payout.payouts", "payout.amount", "payout.open.age", "payout.stripe.calls", "payout.stripe.duration",
        "payout.stripe.circuit", "payout.ledger.drift", "payout.balance.available", "payout.balance.owed", "payout.time",
        "payout.stripe.events", "payout.stripe.event.age",
    ];

    private static readonly string[] s_workers = ["ingestion", "scoring", "settlement", "payout"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_transfer_is_the_end_of_the_trace_of_a_feed_message_and_every_figure_arrives()
    {
        await using var collector = await OtlpReceiver.Start();
        await using var run = await SlateRun.Start("test-telemetry", broker: null, inside: [], collector.Settings(), Ct);
        await run.PlayToTheEnd(Ct);
        var transfers = run.Slate.ExpectedPayouts.Count;
        await PipelineScope.Eventually(
            () => Task.FromResult(Paid(collector).Count >= transfers), "the spans of all transfers have come");

        var feed = new TopicReader(run.Stage.Kafka).Read(Topics.FeedGames, Ct).Select(e => e.TraceParent!.Split('-')[1])
            .ToHashSet();
        var spans = collector.Spans.DistinctBy(s => s.SpanId).ToDictionary(s => s.SpanId);
        var paid = Paid(collector);
        Assert.Equal(transfers, paid.Count);
        Assert.All(paid, transfer =>
        {
            Assert.Contains(transfer.TraceId, feed);
            Assert.Equal(s_chain, Back(transfer, spans).Select(s => $"{s.Service}: {s.Name}"));
            Assert.NotEmpty(spans[transfer.ParentId].Texts["payout_id"]);
        });

        await PipelineScope.Eventually(() => Task.FromResult(Missing(collector).Count == 0),
            "all figures have come: " + string.Join(", ", Missing(collector)));
    }

    private static List<ReceivedSpan> Paid(OtlpReceiver collector) =>
        [.. collector.Spans.Where(s => s.Name == "stripe transfers.create"
            && s.Texts.GetValueOrDefault("stripe.outcome") == "ok")];

    /// <summary>
    /// The span, its parent, and so on, as far as they came; the first parent is the feed's own, which nobody here exports.
    /// </summary>
    private static IEnumerable<ReceivedSpan> Back(ReceivedSpan from, Dictionary<string, ReceivedSpan> spans)
    {
        for (var span = from; span is not null; span = spans.GetValueOrDefault(span.ParentId)) yield return span;
    }

    private static List<string> Missing(OtlpReceiver collector) =>
    [
        .. from metric in s_ofEveryWorker
           from worker in s_workers
           where collector.Metrics.GetValueOrDefault(metric)?.ContainsKey(worker) != true
           select $"{metric} of {worker}",
        .. s_ofPayout.Concat(["pipeline.inbox.duplicates", "ingestion.webhooks", "http.server.request.duration"])
            .Where(metric => !collector.Metrics.ContainsKey(metric)),
    ];
}
