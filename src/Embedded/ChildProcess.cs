using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Embedded;

/// <summary>
/// A process that cannot outlive this one, however this one ends: a shell beside it waits for its input to close and then stops
/// it. It runs in a session of its own, so that Ctrl-C reaches only the parent, which stops its children in its own order.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>How long it has, once this process is gone, before it is killed; tenths of a second.</summary>
    private const int PatienceTenths = 80;

    private readonly Process shell;
    private readonly Task output;
    private readonly Task errors;

    private ChildProcess(Process shell, int pid, Task output, Task errors) =>
        (this.shell, Pid, this.output, this.errors) = (shell, pid, output, errors);

    /// <summary>The process itself, not the shell that guards it.</summary>
    public int Pid { get; }

    public bool HasExited => shell.HasExited;

    /// <summary>128 + signal number when a signal ended it.</summary>
    public int ExitCode => shell.ExitCode;

    /// <param name="environment">Added to this process's own.</param>
    /// <param name="onLine">Gets every line of its output and its errors.</param>
    /// <param name="stopSignal">What asks it to stop, e.g. <c>TERM</c>.</param>
    public static async Task<ChildProcess> Start(
        string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null,
        Action<string>? onLine = null, string stopSignal = "TERM", string? workingDirectory = null)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var argument in (string[])["/bin/sh", "-c", Script(stopSignal), "sh", file, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;

        var shell = Process.Start(start)!;
        var first = await shell.StandardOutput.ReadLineAsync();
        Invariant.Holds(
            first is not null && first.StartsWith("pid ", StringComparison.Ordinal), $"{file} did not start: '{first}'");
        return new ChildProcess(
            shell, int.Parse(first[4..], CultureInfo.InvariantCulture), Pump(shell.StandardOutput, onLine),
            Pump(shell.StandardError, onLine));
    }

    private static string Script(string stopSignal) =>
        $$"""
        exec 3<&0
        "$@" 3<&- </dev/null &
        child=$!
        (trap '' TERM; read -r _ <&3; kill -s {{stopSignal}} $child; n=0
        while [ $n -lt {{PatienceTenths}} ] && kill -0 $child; do n=$((n + 1)); sleep 0.1; done; kill -s KILL $child) >/dev/null 2>&1 &
        guard=$!
        echo "pid $child"
        exec 3<&-
        wait $child
        code=$?
        kill -s KILL $guard
        exit $code
        """;

    /// <summary>As a power cut would: nothing is told, nothing is flushed.</summary>
    public async Task Kill()
    {
        Signal("KILL");
        await shell.WaitForExitAsync();
    }

    /// <summary>Asks it to stop and waits; after the limit it is killed.</summary>
    public async Task<int> Stop(TimeSpan limit)
    {
        shell.StandardInput.Close();
        using var patience = new CancellationTokenSource(limit);
        await shell.WaitForExitAsync(patience.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        if (!shell.HasExited) await Kill();
        return shell.ExitCode;
    }

    public void Signal(string name)
    {
        if (shell.HasExited) return;
        using var kill = Process.Start("/bin/kill", ["-s", name, Pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Until it has ended and everything it wrote has been passed on.</summary>
    public async Task WaitForExit(CancellationToken ct)
    {
        await shell.WaitForExitAsync(ct);
        await Task.WhenAll(output, errors).WaitAsync(ct);
    }

    /// <summary>Stops it. Somebody may have killed the shell: its guard is told all the same, and stops what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await Stop(TimeSpan.FromSeconds(15));
        await Task.WhenAll(output, errors);
        shell.Dispose();
    }

    private static async Task Pump(StreamReader reader, Action<string>? onLine)
    {
        while (await reader.ReadLineAsync() is { } line) onLine?.Invoke(line);
    }
}
