using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// The worker dies when it is about to send its transfer, or when Stripe's answer has come and is not stored yet.
/// </summary>
public sealed class DyingWire(bool afterTheAnswer, CancellationTokenSource death) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post) return await base.SendAsync(request, cancellationToken);
        if (afterTheAnswer)
        {
            using var answered = await base.SendAsync(request, cancellationToken);
            answered.EnsureSuccessStatusCode();
            await answered.Content.LoadIntoBufferAsync(cancellationToken);
        }

        await death.CancelAsync();
        throw new OperationCanceledException(death.Token);
    }
}

/// <summary>Answers transfers with something else than Stripe would.</summary>
public sealed class ForgedWire(Func<string, (HttpStatusCode Status, string Body)> forge) : DelegatingHandler
{
    public static (HttpStatusCode, string) Refusal(HttpStatusCode status, string type, string? code) =>
        (status, $$$"""{"error":{"type":"{{{type}}}",{{{(code is null ? "" : $"\"code\":\"{code}\",")}}}"message":"forged"}}""");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post) return await base.SendAsync(request, cancellationToken);
        using var real = await base.SendAsync(request, cancellationToken);
        var (status, body) = forge(await real.Content.ReadAsStringAsync(cancellationToken));
        return new HttpResponseMessage(
            status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request };
    }
}

/// <summary>Answers transfers without asking Stripe at all.</summary>
public sealed class RefusingWire(HttpStatusCode status, string type, string? code) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post) return base.SendAsync(request, cancellationToken);
        var (_, body) = ForgedWire.Refusal(status, type, code);
        return Task.FromResult(new HttpResponseMessage(
            status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request });
    }
}

/// <summary>The key has no permission to read what is at a path; everything else is answered.</summary>
public sealed class ForbiddenWire(params string[] paths) : DelegatingHandler
{
    private readonly List<string> refused = [];

    public bool IsOpen { get; set; }

    /// <summary>What was asked for and refused, in order.</summary>
    public IReadOnlyList<string> Refused => refused;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (IsOpen || !paths.Any(p => path.StartsWith(p, StringComparison.Ordinal)))
            return base.SendAsync(request, cancellationToken);
        lock (refused) refused.Add(path);
        const string Body =
            """{"error":{"type":"invalid_request_error","message":"Having the 'rak_payout_read' permission would allow this request to continue."}}""";
        return Task.FromResult(
            new HttpResponseMessage(
                HttpStatusCode.Forbidden) { Content = new StringContent(Body, Encoding.UTF8, "application/json"),
                    RequestMessage = request });
    }
}

/// <summary>Stripe refuses whatever is asked for at some paths.</summary>
/// <param name="paths">What the paths begin with.</param>
public sealed class RefusedWire(IReadOnlyList<string> paths, HttpStatusCode status, string? code) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (!paths.Any(p => path.StartsWith(p, StringComparison.Ordinal))) return base.SendAsync(request, cancellationToken);
        var (_, body) = ForgedWire.Refusal(status, (int)status >= 500 ? "api_error" : "invalid_request_error", code);
        return Task.FromResult(new HttpResponseMessage(
            status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request });
    }
}

/// <summary>Stripe answers one list with something else than the list.</summary>
/// <param name="path">Of the list; what lies below it is answered as ever.</param>
public sealed class ListWire(string path, HttpStatusCode status, string body) : DelegatingHandler
{
    private int posts;

    /// <summary>How many requests that change something went past.</summary>
    public int Posts => posts;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Post) Interlocked.Increment(ref posts);
        return request.Method != HttpMethod.Get || request.RequestUri!.AbsolutePath != path
            ? base.SendAsync(request, cancellationToken)
            : Task.FromResult(new HttpResponseMessage(
                status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request });
    }
}

/// <summary>The first answer takes so long that something else happens before it is there.</summary>
public sealed class SlowWire(Func<Task> meanwhile) : DelegatingHandler
{
    private Func<Task>? still = meanwhile;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (Interlocked.Exchange(ref still, null) is not { } first) return answer;
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        await first();
        return answer;
    }
}

/// <summary>Stripe shows some objects otherwise than the simulator can.</summary>
/// <param name="path">What the paths begin with at which they are shown.</param>
public sealed class ShownWire(string path, Action<JsonNode> change) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (!request.RequestUri!.AbsolutePath.StartsWith(path, StringComparison.Ordinal)) return answer;
        var shown = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
        change(shown);
        answer.Content = new StringContent(shown.ToJsonString(), Encoding.UTF8, "application/json");
        return answer;
    }
}
