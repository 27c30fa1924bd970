using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Scoring;

/// <summary>Answers over HTTP where an entry stands: <c>GET /contests/{id}/standings</c> and <c>GET /contests/{id}/entries/{entryId}</c>.</summary>
public sealed class RankServer(Ranks ranks, string url, ILogger<RankServer> log) : IHostedService
{
    internal const string Setting = "SCORING_HTTP_URL";

    private WebApplication? app;

    /// <summary>Where it listens, once started; a port of 0 has become a real one.</summary>
    public string? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        app = builder.Build();
        app.Use(Guard);
        app.MapGet("/contests/{contestId}/standings", async (string contestId, CancellationToken ct) =>
            Answer(WireText.IsId(contestId) ? await ranks.Top(contestId, ct) : null, "no such contest"));
        app.MapGet("/contests/{contestId}/entries/{entryId}", async (string contestId, string entryId, CancellationToken ct) =>
            Answer(WireText.IsId(contestId) && WireText.IsId(entryId) ? await ranks.Of(contestId, entryId, ct) : null, "no such entry in this contest"));
        Address = await app.Listen(Setting, url, cancellationToken);
        log.LogInformation("Ranks are served at {Address}", Address);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app.Hush(cancellationToken);

    /// <summary>While the database is away the asker is told when to come again.</summary>
    private static async Task Guard(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (NpgsqlException trouble) when (WorkerDatabase.PassesBy(trouble) && !context.Response.HasStarted)
        {
            await context.DatabaseAway();
        }
    }

    private static IResult Answer(object? found, string otherwise) =>
        found is null ? Results.Json(new { error = otherwise }, WireJson.Options, statusCode: StatusCodes.Status404NotFound) : Results.Json(found, WireJson.Options);
}
