using ContestPipeline.Harness;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Replay;

/// <summary>
/// The four workers with their real handlers and jobs on a shadow database: no broker, no Stripe, no ports, no runners.
/// </summary>
internal static class ShadowWorkers
{
    private static readonly string[] s_doors = ["INGESTION_HTTP_URL", "SCORING_HTTP_URL", "PAYOUT_HTTP_URL", "STRIPE_API_BASE",
        "STRIPE_RESTRICTED_KEY", "TOPIC_PREFIX"];

    internal static async Task<IReadOnlyList<WorkerHarness>> Open(
        ShadowDatabase shadow, IConfiguration settings, TimeProvider clock, CancellationToken ct)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, _) in DeclaredWorkers.All) places[name] = await shadow.ConnectionStringOf(name, ct);
        return await Task.WhenAll(
            DeclaredWorkers.All.Select(w =>
                Task.Run(() => WorkerHarness.Open(Host(w.Name, w.Add, places[w.Name], settings, clock), w.Name, clock, ct), ct)));
    }

    /// <summary>Policies and limits are those of the settings given; whatever leads out of the process leads nowhere.</summary>
    private static IHost Host(
        string name, Action<IHostApplicationBuilder> add, string database, IConfiguration settings, TimeProvider clock)
    {
        var environment = settings.PipelineEnvironment();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(settings);
        builder.Configuration.AddInMemoryCollection(
        [
            .. s_doors.SelectMany(d => (string[])[d, d + "_FILE"]).Select(d => KeyValuePair.Create(d, (string?)"")),
            new("KAFKA_BOOTSTRAP_SERVERS", "nowhere:1"), new("STRIPE_API_KEY", $"sk_{environment}_nobody"),
            new(Settings.DatabaseSetting(name), database),
        ]);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(services =>
            new StripeConnection(services.GetRequiredService<PayoutOptions>(), clock, new NoWayOut()));
        builder.Services.AddKeyedSingleton(StripeWire.ReadingStripe,
            (services, _) => StripeWire.Client(services.GetRequiredService<PayoutOptions>(), new NoWayOut()));
        add(builder);
        return builder.Build();
    }

    /// <summary>Nothing in a shadow may ask Stripe anything.</summary>
    private sealed class NoWayOut : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvariantException($"a shadow asked Stripe for {request.Method} {request.RequestUri?.AbsolutePath}");
    }
}

/// <summary>The present, and as far beyond it as a shadow was asked to wait.</summary>
internal sealed class ShadowClock(TimeProvider real) : TimeProvider
{
    private TimeSpan ahead;

    public override DateTimeOffset GetUtcNow() => real.GetUtcNow() + ahead;

    public override long GetTimestamp() => real.GetTimestamp();

    public override long TimestampFrequency => real.TimestampFrequency;

    internal void Forward(TimeSpan by) => ahead += by;
}
