using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Simulation;

/// <summary>What is played.</summary>
/// <param name="IsTraced">Prints every event.</param>
/// <param name="IsPlayedOnce">No seed is played a second time to compare the stories.</param>
/// <param name="IsEachPlayedTwice">Every seed is; else one in fifty.</param>
/// <param name="IsOverWhenFound">Ends with the first seed that finds something.</param>
/// <param name="SecondsMax">No seed begins later than that; null: all are played.</param>
internal sealed record SimulationOptions(ulong Seeds, ulong First, bool IsTraced, bool IsOverWhenFound, bool IsPlayedOnce,
    bool IsEachPlayedTwice, int? SecondsMax, Cut Cut);

/// <summary>Plays many seeds, each in one of a few databases side by side, and tells what they found.</summary>
internal sealed class Simulation
{
    private const int TwiceEvery = 50;
    private const int HitsMin = 100;
    private const int CutDownMax = 3;
    private static readonly TimeSpan s_tellEvery = TimeSpan.FromSeconds(5);

    private readonly SimulationOptions options;
    private readonly CancellationTokenSource stop = new();
    private readonly long started = TimeProvider.System.GetTimestamp();
    private readonly List<SimEnd> ends = [];
    private readonly Lock gate = new();
    private long told;
    private volatile bool isFound;
    private long next;

    private Simulation(SimulationOptions options)
    {
        this.options = options;
        (told, next) = (started, (long)options.First - 1);
    }

    /// <returns>The exit code: 0 when no seed found anything.</returns>
    internal static async Task<int> Run(SimulationOptions options)
    {
        var simulation = new Simulation(options);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        SimPostgres.RemoveLeftBehind();
        return await simulation.Run();

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            simulation.stop.Cancel();
        }
    }

    private async Task<int> Run()
    {
        // A lane is either here or in its database; one more than there are processors keeps them busy.
        var lanes = options.IsTraced ? 1 : Environment.ProcessorCount + 1;
        await Task.WhenAll(Enumerable.Range(1, lanes).Select(n => Task.Run(() => Play(n))));
        return Tell();
    }

    private async Task Play(int number)
    {
        try
        {
            await using var postgres = await SimPostgres.Start($"lane-{number}", stop.Token);
            await using var lane = await SimLane.Open(postgres, "simulation", stop.Token);
            await using var twin = new SimTwin($"lane-{number}-again");
            await Play(lane, twin);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Something was just being started; what was played is told.
        }
    }

    private async Task Play(SimLane lane, SimTwin twin)
    {
        var last = (long)(options.First + options.Seeds) - 1;
        while (!IsOver && Interlocked.Increment(ref next) is var number && number <= last)
        {
            var seed = (ulong)number;
            var isTwice = options.IsEachPlayedTwice || seed % TwiceEvery == 0 && !options.IsPlayedOnce;
            var story = new List<string>();
            var end = await SimRun.Play(lane, seed, options.Cut,
                (options.IsTraced ? Console.WriteLine : null) + (isTwice ? story.Add : (Action<string>?)null), stop.Token);
            if (isTwice && end.Faults.Count == 0
                && await twin.WhereItDiffers(end, story, options.Cut, stop.Token) is { } difference)
                    end = end with { Faults = [difference] };

            if (Report(end) is var failed && failed <= CutDownMax && failed > 0
                && options is { IsTraced: false, IsOverWhenFound: false }) await CutDown(lane, end);
        }
    }

    private bool IsOver =>
        stop.IsCancellationRequested || isFound || TimeProvider.System.GetElapsedTime(started).TotalSeconds >= options.SecondsMax;

    /// <returns>How many have found something so far, when this one did; else 0.</returns>
    private int Report(SimEnd end)
    {
        lock (gate)
        {
            ends.Add(end);
            foreach (var fault in end.Faults) Console.WriteLine($"seed {end.Seed}: {fault}");
            if (end.Faults.Count > 0)
                Console.WriteLine($"seed {end.Seed}: scripts/simulate 1 {end.Seed} --trace tells how it came to that");
            isFound |= end.Faults.Count > 0 && options.IsOverWhenFound;
            if (TimeProvider.System.GetElapsedTime(told) >= s_tellEvery)
            {
                told = TimeProvider.System.GetTimestamp();
                Console.WriteLine(
                    $"{ends.Count} of {options.Seeds} seeds, {ends.Count(e => e.Faults.Count > 0)} found something wrong");
            }

            return end.Faults.Count > 0 ? ends.Count(e => e.Faults.Count > 0) : 0;
        }
    }

    private async Task CutDown(SimLane lane, SimEnd failed)
    {
        var (cut, end) = await Cut.Down(smaller => SimRun.Play(lane, failed.Seed, smaller, null, stop.Token), failed);
        lock (gate)
        {
            Console.WriteLine(
                $"seed {failed.Seed}: from {failed.Events} events down to {end.Events}: scripts/simulate 1 {failed.Seed} "
                    + $"--trace --cut {cut}");
            foreach (var fault in end.Faults.Take(3)) Console.WriteLine($"seed {failed.Seed}: still {fault}");
        }
    }

    private int Tell()
    {
        var took = TimeProvider.System.GetElapsedTime(started);
        var hit = new FaultCount();
        foreach (var end in ends) hit.Add(end.Hit);
        foreach (var (kind, count) in hit.Counts) Console.WriteLine($"{count,10} {kind}");
        if (options.IsTraced) foreach (var end in ends) Console.WriteLine($"trace of seed {end.Seed}: {end.Trace}");
        else foreach (var seldom in hit.Seldom(HitsMin, SimStripe.Faults))
            Console.WriteLine($"fewer than {HitsMin} times: {seldom}");
        foreach (var cut in SimAnswers.Cuts) Console.WriteLine($"not played: {cut.Name}, because {cut.Because}");
        foreach (var (name, because) in SimAnswers.Parts) Console.WriteLine($"not played: {name}, because {because}");
        var broken = ends.Count(e => e.Faults.Count > 0);
        if (options.IsOverWhenFound && ends.FirstOrDefault(e => e.Faults.Count > 0) is { } found)
            Console.WriteLine($"found by seed {found.Seed} after {ends.Count} seeds: {found.Faults[0].ReplaceLineEndings(" ")}");
        Console.WriteLine($"traces: {AllTraces()}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ends.Count} seeds, {ends.Sum(e => e.Events)} events, {hit.Counts.Values.Sum()} faults of {hit.Counts.Count} "
                + $"kinds, {took.TotalSeconds:F0} s ({ends.Count / took.TotalSeconds:F1} seeds a second): {broken} found "
                + $"something wrong"));
        return broken == 0 && !stop.IsCancellationRequested && ends.Count > 0 ? 0 : 1;
    }

    /// <summary>Equal for two runs of the same seeds exactly if each told the same story in both.</summary>
    private string AllTraces() =>
        Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Join('\n', ends.OrderBy(e => e.Seed).Select(e => $"{e.Seed} {e.Trace}")))));
}
