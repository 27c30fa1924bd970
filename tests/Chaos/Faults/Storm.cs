using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>A fault that was inflicted.</summary>
internal sealed record DoneFault(PlannedFault Fault, TimeSpan BeganAt, TimeSpan Took);

/// <summary>Inflicts a schedule, a few faults at a time, never two on the same target, and keeps the log of it.</summary>
/// <param name="breaks">What is done before the fault of that number, when all before it are over.</param>
internal sealed class Storm(ChaosStage stage, IReadOnlyList<PlannedFault> schedule, string logFile,
    IReadOnlyDictionary<int, Func<CancellationToken, Task>> breaks)
{
    private const int AtOnceMax = 4;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly FaultHands hands = new(stage);
    private readonly Lock gate = new();
    private readonly List<DoneFault> done = [];
    private readonly HashSet<string> befallen = new(StringComparer.Ordinal);
    private readonly long startedAt = stage.Clock.GetTimestamp();

    internal IReadOnlyList<DoneFault> Done
    {
        get
        {
            lock (gate) return [.. done];
        }
    }

    internal int UnderWay
    {
        get
        {
            lock (gate) return befallen.Count;
        }
    }

    internal async Task Run(CancellationToken ct)
    {
        var running = new List<Task>();
        foreach (var fault in schedule)
        {
            if (breaks.TryGetValue(fault.Number, out var pause))
            {
                await Task.WhenAll(running);
                await pause(ct);
            }

            await Task.Delay(fault.After, stage.Clock, ct);
            while (!MayBegin(fault)) await Task.Delay(s_look, stage.Clock, ct);
            running.Add(Inflict(fault, ct));
            foreach (var failed in running.Where(r => r.IsFaulted)) await failed;
            running.RemoveAll(r => r.IsCompleted);
        }

        await Task.WhenAll(running);
    }

    private bool MayBegin(PlannedFault fault)
    {
        lock (gate) return befallen.Count < AtOnceMax && befallen.Add(fault.Target);
    }

    private async Task Inflict(PlannedFault fault, CancellationToken ct)
    {
        var began = stage.Clock.GetElapsedTime(startedAt);
        await hands.Inflict(fault, ct);
        var took = stage.Clock.GetElapsedTime(startedAt) - began;
        lock (gate)
        {
            befallen.Remove(fault.Target);
            done.Add(new DoneFault(fault, began, took));
            File.AppendAllText(logFile, string.Create(
                CultureInfo.InvariantCulture,
                $"{stage.Clock.GetUtcNow() - took:HH:mm:ss.fff} {began.TotalSeconds,8:0.0} s  {fault.Number,5}  {fault}; over "
                    + $"after {took.TotalSeconds:0.0} s\n"));
        }
    }
}
