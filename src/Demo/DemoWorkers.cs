using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Demo;

/// <summary>The running workers: some inside this process, the others as processes of their own.</summary>
public sealed class DemoWorkers : IAsyncDisposable
{
    /// <summary>How often workers that end by themselves are started again, all together.</summary>
    private const int RevivalsMax = 5;

    /// <summary>One less than Stripe, and the simulator, allow at an endpoint.</summary>
    private const string RatePerSecond = "24";

    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private readonly DemoEnvironment environment;
    private readonly IReadOnlyList<Worker> inside;
    private readonly List<WorkerProcess> outside;
    private IHost? host;

    public DemoWorkers(DemoEnvironment environment, IReadOnlyList<Worker> inside)
    {
        (this.environment, this.inside) = (environment, inside);
        outside = [.. Workers.All.Where(w => !inside.Contains(w))
            .Select(w => new WorkerProcess(w, environment.Settings, environment.Folder.Sub(w.Name + ".log")))];
    }

    public async Task Start(CancellationToken ct)
    {
        environment.Settings["PAYOUT_RETRY_SECONDS"] = "2,2,2";
        environment.Settings["PAYOUT_LEASE_SECONDS"] = "4";
        environment.Settings["PAYOUT_STRIPE_TIMEOUT_SECONDS"] = "2";
        environment.Settings["PAYOUT_PARALLEL"] = "16";
        environment.Settings["PAYOUT_RATE_PER_SECOND"] = RatePerSecond;
        await Task.WhenAll(outside.Select(o => o.Start()));
        if (inside.Count == 0) return;
        host = Workers.Host(environment.Settings, environment.Folder.Sub("workers.log"), [.. inside]);
        await host.StartAsync(ct);
    }

    /// <summary>
    /// Starts again whatever worker somebody else ended, as an operator's supervisor would, and says so. Runs until cancelled.
    /// </summary>
    /// <exception cref="InvariantException">One keeps ending, or something ended that the run cannot do without.</exception>
    public async Task Watch(Action<string> say, TimeProvider clock, CancellationToken ct)
    {
        for (var revivals = 0; ; await Task.Delay(s_look, clock, ct))
        {
            if (environment.WhatEnded() is { } part)
                throw new InvariantException($"{part} ended by itself; the run cannot go on without it");
            foreach (var one in outside)
            {
                if (await one.Revive() is not { } ended) continue;
                Invariant.Holds(++revivals <= RevivalsMax,
                    $"{one.Name} ended by itself again (exit code {ended.ExitCode}), the last time of {revivals}; it "
                        + $"wrote:\n{one.Log}");
                say($"{one.Name} (process {ended.Pid}) ended by itself with exit code {ended.ExitCode}; started again as "
                    + $"process {one.Pid}");
            }
        }
    }

    /// <summary>The process of a worker that does not run inside this one.</summary>
    public WorkerProcess Process(Worker worker) => outside.Single(o => o.Name == worker.Name);

    /// <summary>
    /// True when nothing is left to do anywhere: looked at twice, with no record produced in between, every worker has consumed
    /// its topics, sent its outbox and has no due work in its tables.
    /// </summary>
    public async Task<bool> IsAtRest(CancellationToken ct)
    {
        using var admin = new TopicAdmin(environment.Kafka);
        return await Look() is { } before && await Look() == before;

        async Task<long?> Look()
        {
            var lags = (await Task.WhenAll(Workers.All.Select(w => admin.Lag(w.Name)))).SelectMany(lag => lag).ToArray();
            var isAtRest = await environment.Stripe.OpenDeliveries(ct) == 0 && lags.All(l => l.Lag == 0)
                && await environment.Database.Unfinished(ct) == 0;
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
        host = null;
    }
}
