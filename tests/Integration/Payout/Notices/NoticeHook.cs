using System.Collections.Concurrent;
using ContestPipeline.Payout.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>Someone who takes web hooks.</summary>
internal sealed class NoticeHook : IAsyncDisposable
{
    private readonly WebApplication app;

    private NoticeHook(WebApplication app) => this.app = app;

    public ConcurrentQueue<(string Key, string Signature, byte[] Body)> Got { get; } = [];

    public Uri Url => new(app.Urls.First() + "/notices");

    public static async Task<NoticeHook> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var hook = new NoticeHook(app);
        app.MapPost("/notices", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            hook.Got.Enqueue((request.Headers["Idempotency-Key"].ToString(),
                request.Headers[WebhookSink.SignatureHeader].ToString(), body.ToArray()));
            return Results.Ok();
        });
        await app.StartAsync();
        return hook;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
