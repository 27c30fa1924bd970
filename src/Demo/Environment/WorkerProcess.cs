using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>A worker as a process of its own that can be killed at any moment and started again.</summary>
/// <param name="logFile">Where everything it writes is kept, beside the last lines in memory.</param>
public sealed class WorkerProcess(Worker worker, IReadOnlyDictionary<string, string?> settings, string? logFile = null)
    : IAsyncDisposable
{
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(5);

    private readonly ConcurrentLines log = new(logFile);
    private readonly SemaphoreSlim oneAtATime = new(1);
    private ChildProcess? process;

    public string Name => worker.Name;

    public int Pid => process?.Pid ?? 0;

    /// <summary>What it wrote last, in this life and the lives before.</summary>
    public string Log => log.ToString();

    public async Task Start()
    {
        await oneAtATime.WaitAsync();
        try
        {
            process ??= await Application.Start(worker.Application, settings, log.Add);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>SIGKILL: nothing is finished, nothing is said to anybody.</summary>
    public async Task Kill()
    {
        await oneAtATime.WaitAsync();
        try
        {
            if (process is not { } victim) return;
            process = null;
            await victim.Kill();
            await victim.DisposeAsync();
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Starts it again if it ended without having been asked to.</summary>
    /// <returns>Which process ended, and its exit code; null when it runs, or was killed on purpose.</returns>
    public async Task<(int Pid, int ExitCode)?> Revive()
    {
        if (process is not { HasExited: true }) return null;
        await oneAtATime.WaitAsync();
        try
        {
            if (process is not { HasExited: true } gone) return null;
            var ended = (gone.Pid, gone.ExitCode);
            await gone.DisposeAsync();
            process = await Application.Start(worker.Application, settings, log.Add);
            return ended;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { } running)
        {
            await running.Stop(s_stop);
            await running.DisposeAsync();
        }

        oneAtATime.Dispose();
    }
}
