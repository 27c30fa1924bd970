using System.Globalization;

namespace ContestPipeline.Bench;

/// <summary>Processor time of a process and of everything it has started, from <c>/proc</c>.</summary>
public static class ProcessorTime
{
    /// <summary>Linux counts processor time in hundredths of a second (<c>sysconf(_SC_CLK_TCK)</c>).</summary>
    private const double TicksPerSecond = 100;

    /// <returns>Seconds of processor time, user and system, of the process, its children that run, and those that have
    /// ended.</returns>
    /// <exception cref="IOException">There is no such process.</exception>
    public static double Of(int pid)
    {
        var parents = Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Select(Read).OfType<Row>().ToLookup(row => row.Parent);
        var own = Read(pid) ?? throw new IOException($"there is no process {pid}");
        var sum = own.Ticks;
        var next = new Stack<int>([pid]);
        while (next.TryPop(out var parent))
        {
            foreach (var child in parents[parent])
            {
                sum += child.Ticks;
                next.Push(child.Pid);
            }
        }

        return sum / TicksPerSecond;
    }

    /// <returns>Null when the process has ended.</returns>
    private static Row? Read(int pid)
    {
        try
        {
            // The name stands in brackets and may hold spaces.
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            return new Row(pid, (int)Field(4), Field(14) + Field(15) + Field(16) + Field(17));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Row(int Pid, int Parent, long Ticks);
}
