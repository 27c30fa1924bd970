using ContestPipeline.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Answers <c>GET /healthz</c> (200 while every loop turns) and <c>GET /readyz</c> (200 while the process could do its work), 503 otherwise, each with what it
/// looked at. For those who run the process: apart from what the workers themselves serve, and with nothing in it that is secret.
/// </summary>
public sealed partial class HealthServer(ProcessHealth health, IConfiguration settings, ILogger<HealthServer> log) : IHostedService
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
        app = builder.Build();
        app.MapGet("/healthz", () => Answer(health.Alive()));
        app.MapGet("/readyz", async () => Answer(await health.Ready()));
        Address = await app.Listen(Setting, url, cancellationToken);
        Log.Listens(log, Address);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app.Hush(cancellationToken);

    private static IResult Answer(HealthReport report) =>
        Results.Json(report, WireJson.Options, statusCode: report.Ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Health is told at {Address}")]
        internal static partial void Listens(ILogger log, string address);
    }
}
