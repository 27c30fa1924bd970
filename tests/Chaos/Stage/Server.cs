using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Chaos;

/// <summary>One life of a server: its process, whether it has ended, and how what belongs to it is let go.</summary>
internal sealed record Life(int Pid, Func<bool> HasExited, Func<int> ExitCode, Func<ValueTask> Bury);

/// <summary>
/// A process of the stage that may be killed, paused and started again at any moment, and is started again when it ends by
/// itself.
/// </summary>
/// <param name="start">Starts it anew; waits until it can be talked to, where that can be told.</param>
/// <param name="onEnded">Hears of every end that nobody asked for, with the exit code.</param>
internal sealed class Server(
    string name, Func<CancellationToken, Task<Life>> start, Action<Server, int> onEnded, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim oneAtATime = new(1);
    private Life? life;
    private bool wanted;

    internal string Name => name;

    internal int Lives { get; private set; }

    /// <summary>Why it did not start the last time it did not.</summary>
    internal string LastTrouble { get; private set; } = "";

    internal int Pid => life?.Pid ?? 0;

    internal bool IsUp => life is { } l && !l.HasExited();

    internal async Task Start(CancellationToken ct)
    {
        await oneAtATime.WaitAsync(ct);
        try
        {
            wanted = true;
            if (life is null) await Bear(ct);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Ends it without a word, or with a signal that it may answer in its own way.</summary>
    /// <param name="signal">KILL, TERM, QUIT, …</param>
    internal async Task End(string signal, CancellationToken ct)
    {
        await oneAtATime.WaitAsync(ct);
        try
        {
            wanted = false;
            if (life is not { } victim) return;
            Signal(signal);
            var startedAt = clock.GetTimestamp();
            while (!victim.HasExited())
            {
                if (clock.GetElapsedTime(startedAt) > TimeSpan.FromSeconds(20)) Signal("KILL");
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, ct);
            }

            await Bury();
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    internal void Signal(string signal)
    {
        if (!IsUp) return;

        // It may have ended this very moment: then there is nobody to tell, and nothing to say about it.
        using var kill =
            Process.Start(new ProcessStartInfo(
                "/bin/kill", ["-s", signal, Pid.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    /// <summary>
    /// Starts it again whenever it has ended although it should run, as a supervisor would. Runs until cancelled.
    /// </summary>
    internal async Task Watch(CancellationToken ct)
    {
        for (; !ct.IsCancellationRequested; await Task.Delay(s_look, clock, ct))
        {
            if (IsUp || !wanted) continue;
            await oneAtATime.WaitAsync(ct);
            try
            {
                if (!wanted || IsUp) continue;
                if (life is { } gone)
                {
                    onEnded(this, gone.ExitCode());
                    await Bury();
                    await Task.Delay(s_again, clock, ct);
                }

                await Bear(ct);
            }
            finally
            {
                oneAtATime.Release();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        wanted = false;
        Signal("CONT");
        if (life is not null) await Bury();
        oneAtATime.Dispose();
    }

    private async Task Bury()
    {
        await life!.Bury();
        life = null;
    }

    private async Task Bear(CancellationToken ct)
    {
        while (!await IsBorn(ct)) await Task.Delay(s_again, clock, ct);
    }

    /// <returns>False when it does not start now: on a full disk, for instance, nothing does.</returns>
    private async Task<bool> IsBorn(CancellationToken ct)
    {
        try
        {
            life = await start(ct);
            Lives++;
            return true;
        }
        catch (InvariantException trouble)
        {
            LastTrouble = trouble.Message;
        }
        catch (NpgsqlException trouble)
        {
            LastTrouble = trouble.Message;
        }
        catch (IOException trouble)
        {
            LastTrouble = trouble.Message;
        }

        return false;
    }
}

/// <summary>Ways to start each of the servers.</summary>
internal static class Lives
{
    internal static async Task<Life> Application(
        string assembly, IReadOnlyDictionary<string, string?> settings, Action<string> onLine) =>
        Of(await Demo.Application.Start(assembly, settings, onLine));

    internal static Life Of(ChildProcess process) =>
        new(process.Pid, () => process.HasExited, () => process.ExitCode, process.DisposeAsync);
}
