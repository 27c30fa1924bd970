using System.Globalization;

namespace ContestPipeline.Demo;

/// <summary>How much memory a process has held at most, as Linux counts it.</summary>
public static class ProcessMemory
{
    /// <returns>KiB; 0 once the process is gone.</returns>
    public static long PeakKib(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status");
        if (!File.Exists(path)) return 0;
        var line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null
            ? 0 : long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
