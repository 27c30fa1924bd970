using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.StripeSimulator.Shell;

/// <summary>A simulator that listens.</summary>
public sealed class StripeSimulatorHost : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly Simulator simulator;
    private readonly WebhookSender sender;

    private StripeSimulatorHost(WebApplication application, Simulator simulator, string url)
    {
        this.application = application;
        this.simulator = simulator;
        sender = new WebhookSender(simulator);
        Url = url;
    }

    /// <summary>The address that is listened on, with the port that was free.</summary>
    public string Url { get; }

    public static Task<StripeSimulatorHost> Start(string dataFolder, TimeProvider? clock = null) =>
        Start(new SimulatorSettings("http://127.0.0.1:0", dataFolder), clock ?? TimeProvider.System);

    /// <summary>Also writes the address to the file <c>url</c> in the data folder.</summary>
    public static async Task<StripeSimulatorHost> Start(SimulatorSettings settings, TimeProvider clock)
    {
        Directory.CreateDirectory(settings.DataFolder);
        var simulator = new Simulator(Path.Combine(settings.DataFolder, "journal.jsonl"), clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(settings.Url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var application = builder.Build();
        application.Run(context => Answer(context, simulator));
        await application.StartAsync();
        var url = application.Urls.Single();
        var urlFile = Path.Combine(settings.DataFolder, "url");
        await File.WriteAllTextAsync(urlFile + ".new", url);
        File.Move(urlFile + ".new", urlFile, overwrite: true);
        return new StripeSimulatorHost(application, simulator, url);
    }

    public Task WaitForShutdown() => application.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        simulator.Release();
        await sender.DisposeAsync();
        await application.DisposeAsync();
        simulator.Dispose();
    }

    private static async Task Answer(HttpContext context, Simulator simulator)
    {
        var request = context.Request;
        if (AdminViews.Find(request.Method, request.Path) is { } view)
        {
            await view(context, simulator);
            return;
        }

        using var reader = new StreamReader(request.Body);
        var parameters = request.Method == "POST"
            ? await reader.ReadToEndAsync(context.RequestAborted) : request.QueryString.Value?.TrimStart('?') ?? "";
        var received = new SimRequest(
            request.Method, request.Path, parameters, Header(request, "Idempotency-Key"), Header(request, "Stripe-Account"),
            ApiKey(Header(request, "Authorization")), default)
        {
            Host = request.Host.Value,
        };

        // Not the token of the connection: what Stripe has begun it finishes.
        var outcome = await simulator.Serve(received, CancellationToken.None);
        if (outcome.IsDropped)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = outcome.Response!.Status;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in outcome.Response.Headers) context.Response.Headers[name] = value;
        await context.Response.WriteAsync(outcome.Response.Body);
    }

    private static string? Header(HttpRequest request, string name) =>
        request.Headers[name] is [{ Length: > 0 } value, ..] ? value : null;

    private static string? ApiKey(string? authorization)
    {
        if (authorization?.StartsWith("Bearer ", StringComparison.Ordinal) == true) return authorization["Bearer ".Length..];
        if (authorization?.StartsWith("Basic ", StringComparison.Ordinal) != true) return null;
        var buffer = new byte[authorization.Length];
        return Convert.TryFromBase64String(authorization["Basic ".Length..], buffer, out var length)
            ? System.Text.Encoding.UTF8.GetString(buffer, 0, length).Split(':')[0]
            : null;
    }
}
