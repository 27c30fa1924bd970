using System.Diagnostics;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// One span for each message while its handler runs: it goes on with the trace the message came with, and what is sent because of
/// the message goes on with it.
/// </summary>
internal sealed class HandledSpans : IDisposable
{
    private static readonly HandledSpans s_none = new([], null);
    private readonly Activity[] spans;
    private readonly Activity? around;
    private bool done;

    private HandledSpans(Activity[] spans, Activity? around) => (this.spans, this.around) = (spans, around);

    /// <param name="messages">Those that one call of a handler takes.</param>
    /// <returns>The messages with their spans in their envelopes; the same ones when spans are not wanted.</returns>
    internal static HandledSpans Begin(string worker, ref IReadOnlyList<Received<IMessage>> messages)
    {
        if (!Telemetry.IsTraced) return s_none;
        var around = Activity.Current;
        var spans = new List<Activity>(messages.Count);
        var traced = new Received<IMessage>[messages.Count];
        for (var i = 0; i < traced.Length; i++)
        {
            Activity.Current = around;
            traced[i] = messages[i];
            if (Begin(worker, messages[i].Envelope, messages.Count) is not { } span) continue;
            spans.Add(span);
            traced[i] = messages[i] with { Envelope = messages[i].Envelope with { TraceParent = span.Id } };
        }

        // With several under way none of them is the one that what happens here belongs to.
        if (traced.Length > 1) Activity.Current = around;
        messages = traced;
        return spans.Count == 0 ? s_none : new HandledSpans([.. spans], around);
    }

    /// <summary>The handler came to its end; without this its spans are marked as failed.</summary>
    internal void Done() => done = true;

    public void Dispose()
    {
        foreach (var span in spans)
        {
            if (!done) span.SetStatus(ActivityStatusCode.Error);
            span.Dispose();
        }

        if (spans.Length > 0) Activity.Current = around;
    }

    private static Activity? Begin(string worker, Envelope envelope, int batch) =>
        Telemetry.Begin($"process {envelope.Topic}", ActivityKind.Consumer, envelope.TraceParent) is { } span
            ? span.SetTag("messaging.system", "kafka").SetTag("messaging.operation.type", "process")
                .SetTag("messaging.destination.name", envelope.Topic)
                .SetTag("messaging.consumer.group.name", worker).SetTag("messaging.destination.partition.id", envelope.Partition)
                .SetTag("messaging.kafka.offset", envelope.Offset).SetTag("messaging.kafka.message.key", envelope.Key)
                .SetTag("messaging.batch.message_count", batch).SetTag("cloudevents.event_type", envelope.WireName)
                .SetTag(Metrics.Worker, worker)
            : null;
}
