using System.Globalization;
using System.Threading.RateLimiting;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Listens where Stripe delivers: <c>POST /stripe/webhooks</c>, <c>POST /stripe/webhooks/connect</c>; <c>GET /healthz</c> says
/// that it runs,
/// <c>GET /readyz</c> whether the broker would take a delivery.
/// </summary>
public sealed class WebhookServer(WebhookOptions options, WebhookReceiver desk, ILogger<WebhookServer> log) : IHostedService
{
    private static readonly TimeSpan s_headersWithin = TimeSpan.FromSeconds(10);
    private WebApplication? app;

    /// <summary>Where it listens, once started; a port of 0 has become a real one.</summary>
    public string? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = WebhookReceiver.BodyBytesMax;
            kestrel.Limits.RequestHeadersTimeout = s_headersWithin;
        });
        builder.Services.AddRateLimiter(Limit);
        app = builder.Build();
        app.UseTrustedProxies(options.TrustedProxies);
        app.UseRateLimiter();
        app.MapPost(StripeEndpoints.PlatformPath, context => desk.Receive(context, StripeEndpoints.Platform))
            .RequireRateLimiting(nameof(WebhookServer));
        app.MapPost(StripeEndpoints.ConnectPath, context => desk.Receive(context, StripeEndpoints.Connect))
            .RequireRateLimiting(nameof(WebhookServer));
        app.MapGet("/healthz", () => Results.Json(new { status = "ok" }));
        app.MapGet("/readyz", async () => await desk.NotReady() is { } why
            ? Results.Json(new { status = "not ready", error = why }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { status = "ready" }));
        Address = await app.Listen(WebhookOptions.UrlSetting, options.Url, cancellationToken);
        log.LogInformation("Stripe's webhooks are received at {Address}{Path} and {Address}{ConnectPath}", Address,
            StripeEndpoints.PlatformPath, Address, StripeEndpoints.ConnectPath);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app.StopGracefully(cancellationToken);

    /// <summary>Each remote address for itself, so that a flood from one does not shut out Stripe's.</summary>
    private void Limit(RateLimiterOptions limiter)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(nameof(WebhookServer), context => RateLimitPartition.GetTokenBucketLimiter(
            CallerRate.Address(context),
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = options.RatePerSecond, TokensPerPeriod = options.RatePerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
            }));
        limiter.OnRejected = (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
            return new ValueTask(WebhookReceiver.Answer(
                rejected.HttpContext, StatusCodes.Status429TooManyRequests,
                $"More than {options.RatePerSecond} requests came within a second."));
        };
    }
}
