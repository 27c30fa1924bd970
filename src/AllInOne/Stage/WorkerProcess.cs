using ContestPipeline.Plumbing;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>A worker as a process of its own that can be killed at any moment and started again.</summary>
public sealed class WorkerProcess(Worker worker, IReadOnlyDictionary<string, string?> settings) : IAsyncDisposable
{
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(10);

    private readonly ConcurrentLines log = new();
    private ChildProcess? process;

    public string Name => worker.Name;

    public int Pid => process?.Pid ?? 0;

    /// <summary>What it wrote last, in this life and the lives before.</summary>
    public string Log => log.ToString();

    public async Task Start() => process = await Application.Start(worker.Application, settings, log.Add);

    /// <summary>SIGKILL: nothing is finished, nothing is said to anybody.</summary>
    public async Task Kill()
    {
        if (process is not { } victim) return;
        process = null;
        await victim.Kill();
        await victim.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not { } running) return;
        await running.Stop(s_stop);
        await running.DisposeAsync();
    }
}
