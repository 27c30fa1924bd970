using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ContestPipeline.Plumbing;

/// <summary>What every worker measures of itself. All of it bears the worker's name.</summary>
internal static class Metrics
{
    internal const string Worker = "worker";
    internal const string Topic = "topic";

    internal static Counter<long> Handled { get; } = Telemetry.Meter.CreateCounter<long>(
        "pipeline.messages.handled", "{message}", "Messages handled for the first time and committed.");

    internal static Counter<long> Duplicates { get; } = Telemetry.Meter.CreateCounter<long>(
        "pipeline.inbox.duplicates", "{message}", "Messages the inbox recognised and did not hand on.");

    internal static Counter<long> Reused { get; } = Telemetry.Meter.CreateCounter<long>(
        "pipeline.inbox.reused", "{message}", "Messages whose id had come with another body; each is an alarm.");

    internal static Counter<long> Malformed { get; } = Telemetry.Meter.CreateCounter<long>(
        "pipeline.messages.malformed", "{message}", "Records that were no valid message of their topic.");

    internal static Counter<long> Parked { get; } = Telemetry.Meter.CreateCounter<long>(
        "pipeline.messages.parked", "{message}",
        "Messages set aside because they, or an earlier one of their key, could not be handled.");

    internal static Histogram<double> BatchSeconds { get; } = Telemetry.Meter.CreateHistogram(
        "pipeline.batch.duration", "s", "One transaction over a batch of messages.", null, Telemetry.Seconds);

    internal static Histogram<double> JobSeconds { get; } = Telemetry.Meter.CreateHistogram(
        "pipeline.job.duration", "s", "One run of a job.", null, Telemetry.Seconds);

    internal static Gauge<long> Lag { get; } = Telemetry.Meter.CreateGauge<long>(
        "pipeline.consumer.lag", "{message}", "Records of a topic that this process has been given and has not handled yet.");

    internal static Gauge<long> Partitions { get; } = Telemetry.Meter.CreateGauge<long>(
        "pipeline.consumer.partitions", "{partition}", "Partitions this process has been given.");

    internal static Counter<long> Sent { get; } = Telemetry.Meter.CreateCounter<long>(
        "pipeline.outbox.sent", "{message}", "Messages of the outbox that the broker has acknowledged.");

    internal static Gauge<double> OutboxAge { get; } = Telemetry.Meter.CreateGauge<double>(
        "pipeline.outbox.age", "s", "For how long at least one message of the outbox has been waiting for the broker.");

    internal static Gauge<long> ParkedKeys { get; } = Telemetry.Meter.CreateGauge<long>(
        "pipeline.parked.keys", "{key}", "Keys that wait for a person.");

    internal static Gauge<long> ParkedMessages { get; } = Telemetry.Meter.CreateGauge<long>(
        "pipeline.parked.messages", "{message}", "Messages that wait under parked keys.");

    internal static TagList Of(string worker) => new() { { Worker, worker } };

    internal static TagList Of(string worker, string topic) => new() { { Worker, worker }, { Topic, topic } };
}
