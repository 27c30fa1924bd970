using System.Net;
using System.Net.Http.Json;
using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>
/// The proxies between the servers, each a link that can be cut, slowed down and garbled on command (Shopify's toxiproxy).
/// </summary>
internal sealed class Toxiproxy : IAsyncDisposable
{
    private const int TriesMax = 5;
    private const string Program = "toxiproxy-server";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ChildProcess process;
    private readonly HttpClient http;

    private Toxiproxy(ChildProcess process, HttpClient http) => (this.process, this.http) = (process, http);

    /// <returns>TOXIPROXY, else one on the path, else one in <c>shared/tools</c> beside the checkout; null: there is
    /// none.</returns>
    internal static string? Find(string checkout)
    {
        if (Environment.GetEnvironmentVariable("TOXIPROXY") is { Length: > 0 } named && File.Exists(named)) return named;
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .ToList();
        for (var folder = new DirectoryInfo(checkout); folder is not null; folder = folder.Parent)
            places.Add(Path.Combine(folder.FullName, "shared", "tools"));
        return places.Select(p => Path.Combine(p, Program)).FirstOrDefault(File.Exists);
    }

    internal static async Task<Toxiproxy> Start(string program, int port, TimeProvider clock, CancellationToken ct)
    {
        var process = await ChildProcess.Start(program, ["-host", "127.0.0.1", "-port", $"{port}"]);
        var proxy = new Toxiproxy(
            process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(10) });
        await new Await(clock, s_patience).Until("toxiproxy answers", async () =>
        {
            try
            {
                using var answer = await proxy.http.GetAsync("/version", ct);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => $"port {port}", ct);
        return proxy;
    }

    internal Task Link(string name, int listen, int upstream, CancellationToken ct) =>
        Post("/proxies", new { name, listen = $"127.0.0.1:{listen}", upstream = $"127.0.0.1:{upstream}", enabled = true }, ct);

    /// <summary>A link that is not enabled refuses connections; those it had are closed.</summary>
    internal Task Enable(string link, bool enabled, CancellationToken ct) => Post($"/proxies/{link}", new { enabled }, ct);

    /// <param name="stream">upstream (to the server) or downstream (from it).</param>
    internal Task Poison(string link, string toxic, string stream, object attributes, CancellationToken ct) =>
        Post($"/proxies/{link}/toxics", new { name = toxic, type = toxic, stream, attributes }, ct);

    internal Task Heal(string link, string toxic, CancellationToken ct) =>
        Ask(() => http.DeleteAsync($"/proxies/{link}/toxics/{toxic}", ct), HttpStatusCode.NotFound, $"{toxic} of {link} to end");

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await process.DisposeAsync();
    }

    private Task Post(string path, object body, CancellationToken ct) =>
        Ask(() => http.PostAsJsonAsync(path, body, ct), HttpStatusCode.Conflict, path);

    /// <summary>Once more when the connection, which it closes after a while without use, was gone.</summary>
    /// <param name="done">What it answers when the first time was heard after all.</param>
    private static async Task Ask(Func<Task<HttpResponseMessage>> ask, HttpStatusCode done, string what)
    {
        var tries = 1;
        while (true)
        {
            try
            {
                using var answer = await ask();
                Invariant.Holds(answer.IsSuccessStatusCode || tries > 1 && answer.StatusCode == done,
                    $"toxiproxy answered {(int)answer.StatusCode} when it was asked for {what}");
                return;
            }
            catch (HttpRequestException) when (tries < TriesMax)
            {
                tries++;
            }
        }
    }
}
