using System.Globalization;

namespace ContestPipeline.Chaos;

/// <summary>How much memory each worker holds, looked at once a second, as the highest value of each phase.</summary>
internal sealed class MemoryWatch(ChaosStage stage)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> highest = new(StringComparer.Ordinal);

    internal async Task Run(CancellationToken ct)
    {
        for (; ; await Task.Delay(TimeSpan.FromSeconds(1), stage.Clock, ct))
        {
            foreach (var name in ChaosStage.WorkerNames)
            {
                var kib = Kib(stage.Servers[name].Pid);
                lock (gate) highest[name] = Math.Max(highest.GetValueOrDefault(name), kib);
            }
        }
    }

    /// <summary>The phase is over: what it took, and a new one begins.</summary>
    internal string Next()
    {
        lock (gate)
        {
            var text = string.Join(", ",
                ChaosStage.WorkerNames.Select(n =>
                    string.Create(CultureInfo.InvariantCulture, $"{n} {highest.GetValueOrDefault(n) >> 10}")));
            highest.Clear();
            return text + " MB";
        }
    }

    private static long Kib(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status");
        if (pid == 0 || !File.Exists(path)) return 0;
        try
        {
            var line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null
                ? 0 : long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
