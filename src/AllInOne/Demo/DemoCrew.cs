using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>The running workers: some inside this process, the others as processes of their own.</summary>
public sealed class DemoCrew : IAsyncDisposable
{
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(10);

    private readonly DemoStage stage;
    private readonly IReadOnlyList<Worker> inside;
    private readonly List<WorkerProcess> outside;
    private IHost? host;

    public DemoCrew(DemoStage stage, IReadOnlyList<Worker> inside)
    {
        (this.stage, this.inside) = (stage, inside);
        outside = [.. Workers.All.Where(w => !inside.Contains(w)).Select(w => new WorkerProcess(w, stage.Settings))];
    }

    public async Task Start(CancellationToken ct)
    {
        stage.Settings["PAYOUT_RETRY_SECONDS"] = "2,2,2";
        stage.Settings["PAYOUT_LEASE_SECONDS"] = "4";
        stage.Settings["PAYOUT_STRIPE_TIMEOUT_SECONDS"] = "2";
        await Task.WhenAll(outside.Select(o => o.Start()));
        if (inside.Count == 0) return;
        host = Workers.Host(stage.Settings, stage.Folder.Sub("workers.log"), [.. inside]);
        await host.StartAsync(ct);
    }

    /// <summary>The process of a worker that does not run inside this one.</summary>
    public WorkerProcess Process(Worker worker) => outside.Single(o => o.Name == worker.Name);

    /// <summary>
    /// True when nothing is left to do anywhere: looked at twice, with no record produced in between, every worker has consumed its topics, sent its
    /// outbox and has no due work in its tables.
    /// </summary>
    public async Task<bool> IsAtRest(CancellationToken ct)
    {
        using var admin = new TopicAdmin(stage.Kafka);
        return await Look() is { } before && await Look() == before;

        async Task<long?> Look()
        {
            var lags = Workers.All.SelectMany(w => admin.Lag(w.Name)).ToArray();
            var isAtRest = lags.All(l => l.Behind == 0) && await stage.Database.Unfinished(ct) == 0;
            return isAtRest ? lags.Sum(l => l.End) : null;
        }
    }

    /// <summary>The processes outside this one, for measuring.</summary>
    public IEnumerable<(string Name, int Pid)> Processes => outside.Select(o => (o.Name, o.Pid));

    /// <summary>What the processes outside this one wrote last.</summary>
    public IEnumerable<string> Logs => outside.Select(o => $"--- {o.Name}\n{o.Log}");

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(outside.Select(o => o.DisposeAsync().AsTask()));
        if (host is null) return;
        using var late = new CancellationTokenSource(s_stop);
        await host.StopAsync(late.Token);
        host.Dispose();
    }
}
