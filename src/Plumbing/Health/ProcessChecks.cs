using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Plumbing;

/// <summary>
/// The health checks of a process: whether each of its loops still turns, and whether its workers could do their work now. A
/// process that is not alive is best started again; one that is not ready waits for others.
/// </summary>
internal static class ProcessChecks
{
    /// <summary>The tag of checks of the process itself.</summary>
    public const string Alive = "alive";

    /// <summary>The tag of checks of what it needs.</summary>
    public const string Ready = "ready";

    private const char Between = '/';

    /// <param name="process">Where its loops and workers are.</param>
    public static void AddProcess(this IHealthChecksBuilder checks, IServiceProvider process, TimeProvider clock)
    {
        var heartbeats = process.GetServices<IHostedService>().OfType<IHasHeartbeat>().Select(loop => loop.Heartbeat)
            .OrderBy(heartbeat => heartbeat.Worker, StringComparer.Ordinal)
            .ThenBy(heartbeat => heartbeat.Loop, StringComparer.Ordinal);
        foreach (var (number, heartbeat) in heartbeats.Index())
            checks.AddCheck(Name(heartbeat.Worker, number, heartbeat.Loop), () => Of(heartbeat), [Alive]);
        foreach (var (number, worker) in process.GetServices<Readiness>().Index())
        {
            foreach (var (what, look) in worker.Checks)
            {
                var kept = new RecentCheck(look, clock);
                checks.AddAsyncCheck(Name(worker.Worker, number, what), kept.Ask, [Ready]);
            }
        }
    }

    /// <summary>Two loops of a worker may have one name, but two checks may not.</summary>
    private static string Name(string worker, int number, string check) =>
        string.Create(CultureInfo.InvariantCulture, $"{worker}{Between}{number}{Between}{check}");

    /// <summary>The worker and what was looked at of it.</summary>
    public static (string Worker, string Check) Parts(string name)
    {
        var parts = name.Split(Between, 3);
        return (parts[0], parts[2]);
    }

    private static HealthCheckResult Of(Heartbeat heartbeat)
    {
        var said = string.Create(CultureInfo.InvariantCulture,
            $"came round {heartbeat.Silence.TotalSeconds:0.0} s ago, may stay away {heartbeat.SilenceMax.TotalSeconds:0} s");
        return heartbeat.IsStuck ? HealthCheckResult.Unhealthy(said) : HealthCheckResult.Healthy(said);
    }
}

/// <summary>A check that is made once a second at most, however many ask; one that goes away takes it from nobody.</summary>
internal sealed class RecentCheck(Func<CancellationToken, Task<HealthCheckResult>> look, TimeProvider clock)
{
    private static readonly TimeSpan s_keeps = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private Task<HealthCheckResult>? last;
    private long askedAt;

    public Task<HealthCheckResult> Ask(CancellationToken ct)
    {
        lock (gate)
        {
            if (last is null || (last.IsCompleted && clock.GetElapsedTime(askedAt) > s_keeps))
            {
                askedAt = clock.GetTimestamp();
                last = look(CancellationToken.None);
            }

            return last.WaitAsync(ct);
        }
    }
}
