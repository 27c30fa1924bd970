using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Sends traces and metrics over OTLP while OTEL_EXPORTER_OTLP_ENDPOINT is set; the other OTEL_ settings of the standard are
/// understood as well. Starts before the loops and stops after them, so that the last spans go out too.
/// </summary>
internal sealed class TelemetryExport(IConfiguration settings, IEnumerable<WorkerName> workers) : IHostedService
{
    internal const string Setting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The platform's own meter of requests that an HTTP server answers.</summary>
    private const string Requests = "Microsoft.AspNetCore.Hosting";

    private TracerProvider? traces;
    private MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Declared(Setting) is null) return Task.CompletedTask;
        traces = Sdk.CreateTracerProviderBuilder().ConfigureServices(SameSettings).ConfigureResource(Named)
            .AddSource(Telemetry.Name).AddOtlpExporter().Build();
        metrics = Sdk.CreateMeterProviderBuilder().ConfigureServices(SameSettings).ConfigureResource(Named)
            .AddMeter(Telemetry.Name, Requests).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        traces?.Dispose();
        metrics?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The exporters read the same settings as everything else here.</summary>
    private void SameSettings(IServiceCollection services) => services.AddSingleton(settings);

    private void Named(ResourceBuilder resource)
    {
        var names = workers.Select(w => w.Name).ToArray();
        resource.AddService(
            settings.Optional("OTEL_SERVICE_NAME") ?? (names is [var one] ? one : "contestpipeline"), "contestpipeline");
    }
}

/// <summary>A worker that this process runs.</summary>
internal sealed record WorkerName(string Name);
