using System.Security.Claims;
using System.Text.Json.Nodes;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.Replay.Messages;
using ContestPipeline.Replay.Parking;
using ContestPipeline.WebConsole.Data;
using ContestPipeline.WebConsole.Failures;
using ContestPipeline.WebConsole.Messages;
using ContestPipeline.WebConsole.Replays;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace ContestPipeline.WebConsole;

/// <summary>
/// The console over HTTP: pages of static HTML with plain forms and no script, the operators' API, and the replays that it
/// carries out.
/// </summary>
public sealed class ConsoleServer(IConfiguration settings, TimeProvider clock, ILoggerFactory logging) : IAsyncDisposable
{
    /// <summary>No form needs more.</summary>
    private const int BodyBytesMax = 64 * 1024;

    private readonly ConsoleOptions options = ConsoleOptions.From(settings);
    private readonly WorkerDatabase database = new(
        ConsoleSchema.Name,
        settings.Require(Settings.DatabaseSetting(ConsoleSchema.Name), "say how the console connects to PostgreSQL"), clock,
        logging);
    private WebApplication? app;

    /// <summary>Where it listens, once started; a port of 0 has become a real one.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Everything that answers, once started: method and pattern.</summary>
    public IReadOnlyList<(string Method, string Pattern, RouteEndpoint Endpoint)> Routes =>
    [
        .. ((IEndpointRouteBuilder)app!).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Select(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET", e.RoutePattern.RawText ?? "",
                e)),
    ];

    /// <exception cref="SettingException">The database is of the other environment or not migrated, or the address is
    /// taken.</exception>
    public async Task Start(CancellationToken ct)
    {
        await RequireDatabase(ct);
        app = Make();
        Address = new Uri(await app.Listen(ConsoleOptions.UrlSetting, options.Url, ct));
        logging.CreateLogger<ConsoleServer>().ConsoleListens(Address);
    }

    /// <summary>The OpenAPI document of the operators' API as it would answer.</summary>
    public async Task<JsonObject> Describe()
    {
        await using var described = Make();
        return await OpenApiDescription.Describe(described.Services, CancellationToken.None);
    }

    /// <summary>Until SIGTERM or Ctrl-C.</summary>
    public Task UntilStopped() => app!.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await app.StopGracefully(CancellationToken.None);
        await database.DisposeAsync();
    }

    private async Task RequireDatabase(CancellationToken ct)
    {
        var name = Settings.DatabaseSetting(ConsoleSchema.Name);
        try
        {
            var environment = await database.Run(tx => tx.EnvironmentName(), ct);
            if (environment != settings.PipelineEnvironment())
                throw new SettingException(name, $"names a database of the environment {environment}");
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new SettingException(name,
                $"names a database that is not migrated for the console: run contestctl migrate ({missing.MessageText})");
        }
    }

    private WebApplication Make()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(database);
        builder.Services.AddHttpClient<PayoutCalls>();
        builder.Services.AddReplays(settings, clock, database);
        builder.Services.AddSingleton(_ => new MessageService(settings.Optional("KAFKA_BOOTSTRAP_SERVERS") is null
            ? null : new SearchMessages(KafkaSettings.From(settings), clock)));
        builder.Services.AddSingleton(settings.Optional(Settings.AdminSetting) is null ? new FailureService(null, null)
            : new FailureService(new RetryParked(settings, clock), new ParkedKeys(settings, clock)));
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        });
        AddServices(builder.Services);
        var made = builder.Build();
        made.UseTrustedProxies(TrustedProxies.From(settings));
        made.UseMiddleware<SecurityHeaders>();
        made.UseMiddleware<Troubles>();
        made.UseRouting();
        made.UseAuthentication();
        made.UseRateLimiter();
        made.UseAuthorization();
        made.MapGet("/healthz", () => Results.Text("ok")).AllowAnonymous().DisableRateLimiting();
        Assets.Map(made);
        SignIn.Map(made, options);
        PageRoutes.Map(made);
        RecordRoutes.Map(made);
        ActRoutes.Map(made);
        ReplayPages.Map(made);
        FailurePages.Map(made);
        MessagePages.Map(made);
        OpsApi.Map(made, options);
        made.MapFallback(context => Troubles.Show(context, 404, "There is no such page", "Nothing answers at this address."))
            .ForStaff();
        made.UseEndpoints(_ => { }); // What is mapped can be described before it is served.
        return made;
    }

    private void AddServices(IServiceCollection services)
    {
        var keys = services.AddDataProtection().SetApplicationName("contest-pipeline-console");
        if (options.KeysFolder is { } folder) keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
        else services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        services.AddRazorComponents();
        services.AddStrictBodies();
        services.AddApiDescription(OpsApi.Document);
        services.AddAntiforgery(tokens =>
        {
            tokens.FormFieldName = "form-token";
            tokens.Cookie.Name = options.IsLive ? "__Host-form" : "form";
            tokens.Cookie.SameSite = SameSiteMode.Strict;
            tokens.Cookie.HttpOnly = true;
            tokens.Cookie.SecurePolicy = options.IsLive ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            tokens.SuppressXFrameOptionsHeader = true; // SecurityHeaders says DENY.
        });
        if (options.ApiTokens is { } tokens) services.AddBearerTokens(tokens, clock);
        services.AddSignIn(options);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        services.AddCallerRate(options.RatePerMinute, context =>
            context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } person ? "sub:" + person : CallerRate.Address(context));
    }
}

/// <summary>What the server logs.</summary>
internal static partial class ConsoleLog
{
    [LoggerMessage(1, LogLevel.Information, "The console answers at {Address}")]
    public static partial void ConsoleListens(this ILogger log, Uri address);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void PageFailed(this ILogger log, Exception why, string method, string path);
}
