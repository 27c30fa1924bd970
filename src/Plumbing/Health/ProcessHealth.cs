using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Plumbing;

/// <summary>One thing that was looked at.</summary>
public sealed record HealthCheck(string Worker, string Check, bool Ok, string What);

/// <summary>What <c>/healthz</c> and <c>/readyz</c> answer.</summary>
public sealed record HealthReport(bool Ok, IReadOnlyList<HealthCheck> Checks);

/// <summary>Whether the loops of this process still turn, and whether its workers could do their work now.</summary>
public sealed class ProcessHealth
{
    private static readonly TimeSpan s_keeps = TimeSpan.FromSeconds(1);
    private readonly IServiceProvider services;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private Task<HealthReport>? readiness;
    private long askedAt;

    public ProcessHealth(IServiceProvider services, TimeProvider clock) => (this.services, this.clock) = (services, clock);

    /// <summary>A process of which this is not true is best started again.</summary>
    public HealthReport Alive() => Of([.. services.GetServices<IHostedService>().OfType<IHasPulse>().Select(loop => Of(loop.Pulse))
        .OrderBy(check => check.Worker, StringComparer.Ordinal).ThenBy(check => check.Check, StringComparer.Ordinal)]);

    /// <summary>A process of which this is not true waits for others. Looked at once a second at most, however many ask.</summary>
    public Task<HealthReport> Ready()
    {
        lock (gate)
        {
            if (readiness is null || (readiness.IsCompleted && clock.GetElapsedTime(askedAt) > s_keeps))
            {
                askedAt = clock.GetTimestamp();
                readiness = Look();
            }

            return readiness;
        }
    }

    private async Task<HealthReport> Look()
    {
        var looks = await Task.WhenAll(services.GetServices<Readiness>().Select(worker => worker.Checks(CancellationToken.None)));
        return Of([.. looks.SelectMany(checks => checks)]);
    }

    private static HealthReport Of(IReadOnlyList<HealthCheck> checks) => new(checks.All(check => check.Ok), checks);

    private static HealthCheck Of(Pulse pulse) => new(
        pulse.Worker, pulse.Loop, !pulse.IsStuck,
        string.Create(CultureInfo.InvariantCulture, $"came round {pulse.Silence.TotalSeconds:0.0} s ago, may stay away {pulse.SilenceMax.TotalSeconds:0} s"));
}
