using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>Runs the cases on all cores, says how far it is, and prints the smallest form of the first case that fails.</summary>
internal static class PrizeRun
{
    private const int Chunk = 500;
    private const int SpoilCasesMax = 5_000;
    private const int CoverageAsked = 10_000;

    public static int Run(int cases, ulong seed)
    {
        Say($"properties: {cases:N0} cases from seed {seed} on {Environment.ProcessorCount} cores");
        if (!SpoilsAreNoticed(seed)) return 1;

        var clock = Stopwatch.StartNew();
        var coverage = new PrizeCoverage();
        var progress = new Progress(cases, clock);
        (ulong Seed, string Fault)? failed = null;
        var gate = new Lock();
        Parallel.For(0, (cases + Chunk - 1) / Chunk, (chunk, state) =>
        {
            var seen = new PrizeCoverage();
            var check = new CheckPrizes();
            var last = Math.Min(cases, (chunk + 1) * Chunk);
            for (var n = chunk * Chunk; n < last; n++)
            {
                var made = MakePrizeCase.Of(unchecked(seed + (ulong)n));
                seen.Add(made);
                if (check.Fault(made) is not { } fault) continue;
                lock (gate) failed ??= (made.Seed, fault);
                state.Stop();
                return;
            }

            lock (gate) coverage.Add(seen);
            progress.Add(last - chunk * Chunk);
        });

        if (failed is { } found) return Failed(found.Seed, found.Fault);
        foreach (var (what, count) in coverage.Counts) Say($"  {count,11:N0}  {what}");
        Say($"properties: {cases:N0} cases hold, {clock.Elapsed.TotalSeconds:0.0} s, {cases / clock.Elapsed.TotalSeconds:N0} cases/s, each settled 4 times (seed {seed})");
        if (cases < CoverageAsked || !coverage.Missed.Any()) return 0;
        Say($"properties: never tried: {string.Join(", ", coverage.Missed)}");
        return 1;
    }

    /// <summary>A check that would let a fault pass proves nothing: each deliberate one has to be noticed first.</summary>
    private static bool SpoilsAreNoticed(ulong seed)
    {
        var all = true;
        foreach (var (name, spoil) in Spoils.All)
        {
            var check = new CheckPrizes(spoil);
            var noticed = Enumerable.Range(0, SpoilCasesMax)
                .FirstOrDefault(n => check.Fault(MakePrizeCase.Of(unchecked(seed + (ulong)n))) is not null, -1);
            if (noticed >= 0) Say($"  noticed after {noticed + 1,3} cases: {name}");
            else Say($"  NOT NOTICED in {SpoilCasesMax} cases: {name}");
            all &= noticed >= 0;
        }

        return all;
    }

    private static int Failed(ulong seed, string fault)
    {
        var check = new CheckPrizes();
        var smallest = ShrinkPrizes.Smallest(MakePrizeCase.Of(seed), check.Fault);
        Say($"properties: FAILED, seed {seed}: {fault}");
        Say($"  smallest form: {check.Fault(smallest)}");
        Console.WriteLine(System.Text.Encoding.UTF8.GetString(WireJson.Bytes(smallest)));
        Say($"  again: scripts/properties 1 {seed}");
        return 1;
    }

    private static void Say(FormattableString what) => Console.WriteLine(what.ToString(CultureInfo.InvariantCulture));
}
