using ContestPipeline.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>One thing that was looked at.</summary>
public sealed record WorkerCheck(string Worker, string Check, bool Ok, string What);

/// <summary>What <c>/healthz</c> and <c>/readyz</c> answer.</summary>
public sealed record ProcessHealth(bool Ok, IReadOnlyList<WorkerCheck> Checks);

/// <summary>
/// Answers <c>GET /healthz</c> (200 while every loop turns) and <c>GET /readyz</c> (200 while the process could do its work), 503
/// otherwise, each with what it looked at. For those who run the process: apart from what the workers themselves serve, and with
/// nothing in it that is secret.
/// </summary>
/// <param name="services">Of the process: its loops and its workers.</param>
public sealed partial class HealthServer(
    IServiceProvider services, TimeProvider clock, IConfiguration settings, ILogger<HealthServer> log) : IHostedService
{
    private const string Setting = "HEALTH_URL";
    private WebApplication? app;

    /// <summary>Where it listens, once started; null when HEALTH_URL is not set.</summary>
    public string? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.ListenAddress(Setting) is not { } url) return;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddHealthChecks().AddProcess(services, clock);
        app = builder.Build();
        app.MapHealthChecks("/healthz", Options(ProcessChecks.Alive)).WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));
        app.MapHealthChecks("/readyz", Options(ProcessChecks.Ready)).WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));
        Address = await app.Listen(Setting, url, cancellationToken);
        Log.Listens(log, Address);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app.StopGracefully(cancellationToken);

    private static HealthCheckOptions Options(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = Write,
    };

    private static Task Write(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new ProcessHealth(report.Status == HealthStatus.Healthy,
            [.. report.Entries.Select(entry => Item(entry.Key, entry.Value))]), WireJson.Options);

    private static WorkerCheck Item(string name, HealthReportEntry entry)
    {
        var (worker, check) = ProcessChecks.Parts(name);
        return new WorkerCheck(worker, check, entry.Status == HealthStatus.Healthy, entry.Description ?? "");
    }

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Health is told at {Address}")]
        internal static partial void Listens(ILogger log, string address);
    }
}
