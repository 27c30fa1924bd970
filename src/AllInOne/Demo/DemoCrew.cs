using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>The running workers: some inside this process, the others, Payout always among them, as processes of their own.</summary>
public sealed class DemoCrew(DemoStage stage, IReadOnlyList<Worker> inside, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(10);

    private readonly List<(Worker Worker, ChildProcess Process, ConcurrentLines Log)> outside = [];
    private IHost? host;

    public PayoutChild Payout { get; } = new(stage, clock);

    public async Task Start(CancellationToken ct)
    {
        stage.Settings["PAYOUT_RETRY_SECONDS"] = "2,2,2";
        stage.Settings["PAYOUT_LEASE_SECONDS"] = "4";
        stage.Settings["PAYOUT_STRIPE_TIMEOUT_SECONDS"] = "2";
        await Payout.Start();
        foreach (var worker in Workers.All.Where(w => w != Workers.Payout && !inside.Contains(w)))
        {
            var log = new ConcurrentLines();
            outside.Add((worker, await Application.Start(worker.Application, stage.Settings, log.Add), log));
        }

        if (inside.Count == 0) return;
        host = Workers.Host(stage.Settings, stage.Folder.Sub("workers.log"), [.. inside]);
        await host.StartAsync(ct);
    }

    /// <summary>True when every worker has consumed everything there is on its topics.</summary>
    public bool IsCaughtUp()
    {
        using var admin = new TopicAdmin(stage.Kafka);
        return Workers.All.All(w => admin.Lag(w.Name).All(l => l.Behind == 0));
    }

    /// <summary>The processes outside this one, for measuring and for killing.</summary>
    public IEnumerable<(string Name, int Pid)> Processes => [.. outside.Select(o => (o.Worker.Name, o.Process.Pid)), (Workers.Payout.Name, Payout.Pid)];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(outside.Select(o => o.Process.Stop(s_stop)).Append(Payout.DisposeAsync().AsTask()));
        foreach (var (_, process, _) in outside) await process.DisposeAsync();
        if (host is null) return;
        using var late = new CancellationTokenSource(s_stop);
        await host.StopAsync(late.Token);
        host.Dispose();
    }
}
