using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Scoring;

/// <summary>Where ranks are served, and how much of one caller is served.</summary>
/// <param name="RatePerMinute">Requests of one address.</param>
public sealed record RankServerOptions(string Url, int RatePerMinute)
{
    internal const string UrlSetting = "SCORING_HTTP_URL";

    /// <summary>Proxies whose word about the caller's address is believed; see <see cref="Plumbing.TrustedProxies"/>.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Reads <c>SCORING_HTTP_URL</c>, <c>SCORING_HTTP_RATE_PER_MINUTE</c> and <c>HTTP_TRUSTED_PROXIES</c>.</summary>
    /// <returns>Null when ranks are not served.</returns>
    /// <exception cref="SettingException">One of them is wrong.</exception>
    public static RankServerOptions? From(IConfiguration settings) => settings.ListenAddress(UrlSetting) is not { } url ? null
        : new RankServerOptions(
            url, settings.Whole("SCORING_HTTP_RATE_PER_MINUTE")) { TrustedProxies = Plumbing.TrustedProxies.From(settings) };
}

/// <summary>
/// Answers over HTTP where an entry stands: <c>GET /contests/{id}/standings</c> and <c>GET /contests/{id}/entries/{entryId}</c>.
/// </summary>
public sealed class RankServer(Ranks ranks, RankServerOptions options, ILogger<RankServer> log) : IHostedService
{
    private WebApplication? app;

    /// <summary>Where it listens, once started; a port of 0 has become a real one.</summary>
    public string? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(options.Url);
        builder.Services.AddCallerRate(options.RatePerMinute, CallerRate.Address);
        app = builder.Build();
        app.UseTrustedProxies(options.TrustedProxies);
        app.UseRouting();
        app.UseRateLimiter();
        app.Use(Guard);
        app.MapGet("/contests/{contestId}/standings", async (string contestId, CancellationToken ct) =>
            Answer(IdRules.IsId(contestId) ? await ranks.Top(contestId, ct) : null, "no such contest"));
        app.MapGet("/contests/{contestId}/entries/{entryId}", async (string contestId, string entryId, CancellationToken ct) =>
            Answer(IdRules.IsId(contestId) && IdRules.IsId(entryId) ? await ranks.Of(contestId, entryId, ct) : null,
                "no such entry in this contest"));
        Address = await app.Listen(RankServerOptions.UrlSetting, options.Url, cancellationToken);
        log.LogInformation("Ranks are served at {Address}", Address);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app.StopGracefully(cancellationToken);

    /// <summary>While the database is away the asker is told when to come again.</summary>
    private static async Task Guard(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (NpgsqlException trouble) when (WorkerDatabase.IsTransient(trouble) && !context.Response.HasStarted)
        {
            await context.DatabaseAway();
        }
    }

    private static IResult Answer(object? found, string otherwise) =>
        found is null
            ? Results.Json(new { error = otherwise }, WireJson.Options, statusCode: StatusCodes.Status404NotFound)
            : Results.Json(found, WireJson.Options);
}
