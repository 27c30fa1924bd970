using System.Diagnostics.Metrics;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>What Scoring measures.</summary>
internal static class ScoringMetrics
{
    internal static Gauge<long> EarlyCommands { get; } = Telemetry.Meter.CreateGauge<long>(
        "scoring.early.commands", "{command}", "Commands of players that wait for a contest that is not published.");

    internal static Gauge<double> OldestEarlySeconds { get; } = Telemetry.Meter.CreateGauge<double>(
        "scoring.early.age", "s", "For how long the oldest of them has been waiting.");
}

/// <summary>Reads what waits for its contest.</summary>
public sealed class ScoringMeasures : IMeasure
{
    public async Task Measure(Tx tx)
    {
        var count = await tx.CountEarly();
        ScoringMetrics.EarlyCommands.Record(count.Commands);
        ScoringMetrics.OldestEarlySeconds.Record(count.Since is { } since ? (tx.Now - since).TotalSeconds : 0);
    }
}
