using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ContestPipeline.Plumbing;

/// <summary>Where every worker's traces and metrics come from; while nobody listens both cost next to nothing.</summary>
public static class Telemetry
{
    /// <summary>Of the source of spans and of the meter.</summary>
    public const string Name = "ContestPipeline";

    public static ActivitySource Spans { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>Seconds of a batch, a job, a call: from a millisecond to minutes.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    /// <summary>Seconds of what waits for people and banks: from a minute to two weeks.</summary>
    public static InstrumentAdvice<double> LongSeconds { get; } = new()
    {
        HistogramBucketBoundaries = [60, 600, 3_600, 6 * 3_600, 86_400, 2 * 86_400, 4 * 86_400, 7 * 86_400, 14 * 86_400],
    };

    /// <summary>Whether spans are wanted: work that only they need is left out otherwise.</summary>
    public static bool IsTraced => Spans.HasListeners();

    /// <summary>The trace that the code running here belongs to; null outside of our own spans.</summary>
    internal static string? Here => Activity.Current is { } span && ReferenceEquals(span.Source, Spans) ? span.Id : null;

    /// <summary>A span that goes on with a trace that was written down; null when spans are not wanted. Dispose it.</summary>
    /// <param name="parent">A <c>traceparent</c>; null or unreadable: a trace begins, or goes on with the span around it.</param>
    public static Activity? Begin(string name, ActivityKind kind, string? parent) =>
        IsTraced && ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? Spans.StartActivity(name, kind, context) : Spans.StartActivity(name, kind);
}
