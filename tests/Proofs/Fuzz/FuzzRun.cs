using System.Diagnostics;
using System.Globalization;
using System.Text;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Feeds every reader of outside input from seeds on all cores. Whatever throws is printed with its seed, each kind of fault
/// once.
/// </summary>
internal static class FuzzRun
{
    private const int Chunk = 500;
    private const int FaultsMax = 10;
    private const long HeapBytesMax = 512L << 20;
    private const int ShownCharactersMax = 4_000;

    private static readonly Func<IFuzzTarget>[] s_targets =
        [() => new FuzzFeed(), () => new FuzzCommands(), () => new FuzzWebhooks(), () => new FuzzFeedFiles(),
            () => new FuzzSettings(), () => new FuzzCommandLine()];

    public static int Run(int inputs, ulong seed)
    {
        Say($"fuzz: {inputs:N0} inputs from seed {seed} on {Environment.ProcessorCount} cores");
        var clock = Stopwatch.StartNew();
        var progress = new Progress(inputs, clock);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var gate = new Lock();
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        long heapBytes = 0;
        Parallel.For(0, (inputs + Chunk - 1) / Chunk, () => Array.ConvertAll(s_targets, make => make()),
            (chunk, state, targets) =>
        {
            var seen = new Dictionary<string, long>(StringComparer.Ordinal);
            var last = Math.Min(inputs, (chunk + 1) * Chunk);
            for (var n = chunk * Chunk; n < last; n++)
            {
                if (One(targets, unchecked(seed + (ulong)n), seen) is not { } fault) continue;
                lock (gate)
                {
                    faults.TryAdd(fault.Kind, fault.Words);
                    if (faults.Count < FaultsMax) continue;
                    state.Stop();
                    return targets;
                }
            }

            lock (gate)
            {
                foreach (var (outcome, count) in seen) counts[outcome] = counts.GetValueOrDefault(outcome) + count;
                heapBytes = Math.Max(heapBytes, GC.GetTotalMemory(forceFullCollection: false));
            }

            progress.Add(last - chunk * Chunk);
            return targets;
        }, _ => { });

        foreach (var fault in faults.Values) Console.WriteLine(fault);
        if (faults.Count > 0) return 1;
        foreach (var (outcome, count) in counts) Say($"  {count,11:N0}  {outcome}");
        using var process = Process.GetCurrentProcess();
        Say($"fuzz: {inputs:N0} inputs, each accepted or refused in words, {clock.Elapsed.TotalSeconds:0.0} s, {inputs / clock.Elapsed.TotalSeconds:N0}/s");
        Say($"fuzz: heap at most {heapBytes >> 20:N0} MB before a collection, {GC.GetTotalMemory(forceFullCollection: true) >> 20:N0} MB after the last, process at most {process.PeakWorkingSet64 >> 20:N0} MB (seed {seed})");
        return heapBytes <= HeapBytesMax ? 0 : 1;
    }

    private static (string Kind, string Words)? One(IFuzzTarget[] targets, ulong seed, Dictionary<string, long> seen)
    {
        var target = targets[(int)(seed % (ulong)targets.Length)];
        byte[] input = [];
        try
        {
            var outcome = $"{target.Name}: {target.Try(new SeededRandom(seed), out input)}";
            seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
            return null;
        }
        catch (Exception e)
        {
            var shown = Encoding.UTF8.GetString(input);
            var kind =
                $"{target.Name} {e.GetType().Name} "
                    + $"{new StackTrace(e).GetFrames().FirstOrDefault(f => f.GetMethod()?.Module.Name.Contains("ontest", StringComparison.Ordinal) == true)?.GetMethod()}";
            return (kind,
                $"fuzz: FAILED, {target.Name}, seed {seed}: {e}\n{shown[..Math.Min(shown.Length, ShownCharactersMax)]}\n  "
                    + $"again: scripts/fuzz 1 {seed}");
        }
    }

    private static void Say(FormattableString what) => Console.WriteLine(what.ToString(CultureInfo.InvariantCulture));
}
