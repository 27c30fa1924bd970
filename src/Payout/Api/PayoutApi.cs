using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Api.Players;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.ProofFiles;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout.Api;

/// <summary>
/// Payout over HTTP, for the web console, for front ends and for contestctl: bearer tokens with roles, a rate for each caller,
/// small bodies, problem details for everything that is refused. The routes themselves are in <see cref="ApiRoutes"/>.
/// </summary>
public sealed class PayoutApi(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, PayoutApiOptions options, TimeProvider clock,
    IServiceProvider worker, ILoggerFactory logging) : IHostedService
{
    private WebApplication? app;

    /// <summary>Where it listens, once started; a port of 0 has become a real one.</summary>
    public string? Address { get; private set; }

    /// <summary>Everything that answers, once started.</summary>
    public IReadOnlyList<ApiRoute> Routes => app is null ? [] :
        [.. Endpoints(app)
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Select(method => new ApiRoute(method, e.RoutePattern.RawText ?? "")))];

    /// <summary>The OpenAPI document of everything that would answer.</summary>
    public async Task<JsonObject> Describe()
    {
        await using var described = Make("http://127.0.0.1:0");
        return await OpenApiDescription.Describe(described.Services, CancellationToken.None);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Url is null) return;
        app = Make(options.Url);
        Address = await app.Listen(PayoutApiOptions.UrlSetting, options.Url, cancellationToken);
        logging.CreateLogger<PayoutApi>().ApiListens(Address);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app.StopGracefully(cancellationToken);

    private static IEnumerable<RouteEndpoint> Endpoints(WebApplication app) =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    private WebApplication Make(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.Services.AddSingleton(clock);
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = PayoutApiOptions.BodyBytesMax;
        });
        AddServices(builder.Services);
        var made = builder.Build();
        made.UseTrustedProxies(options.TrustedProxies);
        made.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Failed,
            SuppressDiagnosticsCallback = c =>
                c.Exception is BadHttpRequestException or FileStoreAwayException || IsAway(c.Exception) });
        made.UseStatusCodePages(context => ApiProblem.Write(
            context.HttpContext, context.HttpContext.Response.StatusCode, "Not understood",
            $"There is no answer to {context.HttpContext.Request.Method} {context.HttpContext.Request.Path}. The routes are "
                + $"listed in docs/consumers/api.md."));
        made.UseRouting();
        made.UseAuthentication();
        made.UseRateLimiter();
        made.UseAuthorization();
        var routes = made.MapGroup("");
        routes.ProducesCommonRefusals();
        routes.MapGet("/healthz", Health).AllowAnonymous().DisableRateLimiting()
            .WithSummary("Whether the service answers and reaches its database.")
            .ProducesAnswer<HealthAnswer>("It does.").ProducesRefusal(503, "The database does not answer.");
        routes.MapGet(OpenApiDescription.Path, async (CancellationToken ct) =>
            Results.Text((await OpenApiDescription.Describe(made.Services, ct)).ToJsonString(), "application/json"))
            .AllowAnonymous()
            .WithSummary("This document.").ProducesAnswer<object>("The OpenAPI document of everything that answers here.");
        OnboardingPages.Map(routes, worker);
        ApiRoutes.Map(routes.MapGroup("/v1"), worker);
        made.UseEndpoints(_ => { }); // What is mapped can be described before it is served.
        return made;
    }

    private void AddServices(IServiceCollection services)
    {
        services.AddBearerTokens(options.Tokens, clock);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        services.AddCallerRate(options.RatePerMinute, CallerKey);
        services.AddProblemDetails();
        services.AddApiDescription(ApiWords.Document);
        services.AddStrictBodies();
    }

    /// <summary>Those who are known by who they are, the others by where they come from.</summary>
    private static string CallerKey(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true }
            ? "sub:" + context.User.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)!.Value
            : CallerRate.Address(context);

    /// <summary>
    /// What a route did not catch: a request that cannot be read is the caller's, the database's troubles pass by, everything
    /// else is ours and is only logged.
    /// </summary>
    private Task Failed(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        return error switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ApiProblem.Write(
                context, StatusCodes.Status413PayloadTooLarge, "Too large",
                $"A body may have {context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes at most."),
            BadHttpRequestException bad => ApiProblem.Write(
                context, bad.StatusCode, "Not understood", StrictBodies.Words(bad)),
            not null when IsAway(error) => Away(context, error),
            FileStoreAwayException away => FilesAway(context, away),
            _ => ApiProblem.Write(context, StatusCodes.Status500InternalServerError, "Our fault",
                "The request could not be carried out; nothing was changed. The log of the Payout worker says why."),
        };
    }

    private static bool IsAway(Exception? error) => error is NpgsqlException trouble && WorkerDatabase.IsTransient(trouble);

    /// <summary>Jobs and readiness tell of it as well: here it is one line for a request, without a stack.</summary>
    private Task Away(HttpContext context, Exception error)
    {
        // The pattern, not the path: a link's path holds the token that opens it.
        var route = (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText;
        logging.CreateLogger<PayoutApi>().DatabaseIsAway(context.Request.Method, route ?? "(no route)", error.Message);
        return context.DatabaseAway("look first whether a change was made, for its answer may have been lost");
    }

    private Task FilesAway(HttpContext context, FileStoreAwayException away)
    {
        logging.CreateLogger<PayoutApi>().FileStoreIsAway(away.Message);
        return ApiProblem.Write(context, StatusCodes.Status503ServiceUnavailable, "Not now",
            "The store of files does not answer; nothing was kept. Try again later.");
    }

    private async Task<IResult> Health(CancellationToken ct)
    {
        try
        {
            await database.Run(tx => tx.IsStandby(), ct);
            return ApiAnswer.Of(new HealthAnswer("ok"));
        }
        catch (NpgsqlException)
        {
            return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "Unhealthy", "The database does not answer.");
        }
    }
}

/// <summary>A method and the pattern of the paths it answers (<c>/v1/payouts/{payoutId}</c>).</summary>
public sealed record ApiRoute(string Method, string Pattern);

/// <summary>What the host logs.</summary>
internal static partial class PayoutApiLog
{
    [LoggerMessage(1, LogLevel.Information, "Payout answers at {Address}")]
    public static partial void ApiListens(this ILogger log, string address);

    [LoggerMessage(2, LogLevel.Warning, "{Method} {Route} was answered 503: {Cause}")]
    public static partial void DatabaseIsAway(this ILogger log, string method, string route, string cause);

    [LoggerMessage(3, LogLevel.Error, "The store of files cannot be used: {Cause}")]
    public static partial void FileStoreIsAway(this ILogger log, string cause);
}
