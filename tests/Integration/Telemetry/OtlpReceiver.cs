using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Integration.Telemetry;

/// <summary>A span as a collector gets it; ids in lower-case hex, <paramref name="ParentId"/> empty for a root.</summary>
internal sealed record ReceivedSpan(
    string Service, string TraceId, string SpanId, string ParentId, string Name, IReadOnlyDictionary<string, string> Texts);

/// <summary>A collector: takes OTLP over HTTP and remembers what came.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpReceiver(WebApplication app) => this.app = app;

    internal string Address => app.Urls.First();

    internal ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    /// <summary>Names of metrics, and of each the services it came from.</summary>
    internal ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> Metrics { get; } = new(StringComparer.Ordinal);

    internal static async Task<OtlpReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.MapPost("/v1/traces", async context => receiver.TakeTraces(await Body(context)));
        receiver.app.MapPost("/v1/metrics", async context => receiver.TakeMetrics(await Body(context)));
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>The settings that send a worker's telemetry here, soon.</summary>
    internal Dictionary<string, string> Settings() => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BSP_MAX_QUEUE_SIZE"] = "200000", ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"] = "5000",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task<Protobuf> Body(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return new Protobuf(body.ToArray());
    }

    private void TakeTraces(Protobuf request)
    {
        foreach (var resource in request.All(1))
        foreach (var span in resource.All(2).SelectMany(scope => scope.All(2)))
        {
            Spans.Enqueue(new ReceivedSpan(
                Service(resource), Hex(span.Bytes(1)), Hex(span.Bytes(2)), Hex(span.Bytes(4)), span.Text(5),
                span.All(9).DistinctBy(a => a.Text(1)).ToDictionary(a => a.Text(1), a => a.All(2).First().Text(1))));
        }
    }

    private void TakeMetrics(Protobuf request)
    {
        foreach (var resource in request.All(1))
        foreach (var metric in resource.All(2).SelectMany(scope => scope.All(2)))
            Metrics.GetOrAdd(metric.Text(1), _ => new(StringComparer.Ordinal))[Service(resource)] = true;
    }

    private static string Service(Protobuf resource) =>
        resource.All(1).SelectMany(r => r.All(1)).First(a => a.Text(1) == "service.name").All(2).First().Text(1);

    private static string Hex(ReadOnlyMemory<byte> id) => Convert.ToHexStringLower(id.Span);
}
