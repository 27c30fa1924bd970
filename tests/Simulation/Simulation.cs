using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>Plays many seeds, each in one of a few databases side by side, and tells what they found.</summary>
internal static class Simulation
{
    private const int Lanes = 2;
    private static readonly TimeSpan s_tellEvery = TimeSpan.FromSeconds(5);

    /// <param name="trace">Prints every event.</param>
    /// <returns>The exit code: 0 when no seed found anything.</returns>
    internal static async Task<int> Run(ulong seeds, ulong first, bool trace)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var started = TimeProvider.System.GetTimestamp();
        var told = started;
        await using var postgres = await SimPostgres.Start(stop.Token);
        var next = (long)first - 1;
        var last = (long)(first + seeds) - 1;
        var ends = new List<SimEnd>();
        await Task.WhenAll(Enumerable.Range(1, trace ? 1 : Lanes).Select(n => Task.Run(async () =>
        {
            await using var lane = await SimLane.Open(postgres, $"simulation_{n}", stop.Token);
            while (Interlocked.Increment(ref next) is var seed && seed <= last && !stop.IsCancellationRequested)
            {
                var end = await SimRun.Play(lane, (ulong)seed, trace ? Console.WriteLine : null, stop.Token);
                lock (ends)
                {
                    ends.Add(end);
                    foreach (var fault in end.Faults) Console.WriteLine($"seed {end.Seed}: {fault}");
                    if (end.Faults.Count > 0) Console.WriteLine($"seed {end.Seed}: scripts/simulate 1 {end.Seed} --trace tells how it came to that");
                    if (TimeProvider.System.GetElapsedTime(told) < s_tellEvery) continue;
                    told = TimeProvider.System.GetTimestamp();
                    Console.WriteLine($"{ends.Count} of {seeds} seeds, {ends.Count(e => e.Faults.Count > 0)} found something wrong");
                }
            }
        })));
        return Tell(ends, TimeProvider.System.GetElapsedTime(started), trace);
    }

    private static int Tell(List<SimEnd> ends, TimeSpan took, bool trace)
    {
        var hit = new FaultCount();
        foreach (var end in ends) hit.Add(end.Hit);
        foreach (var (kind, count) in hit.Counts) Console.WriteLine($"{count,10} {kind}");
        if (trace) foreach (var end in ends) Console.WriteLine($"trace of seed {end.Seed}: {end.Trace}");
        var broken = ends.Count(e => e.Faults.Count > 0);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ends.Count} seeds, {ends.Sum(e => e.Events)} events, {took.TotalSeconds:F0} s ({ends.Count / took.TotalSeconds:F1} seeds a second): {broken} found something wrong"));
        return broken == 0 && ends.Count > 0 ? 0 : 1;
    }
}
