using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Demo;

/// <summary>What Payout answered.</summary>
/// <param name="Status">0: it does not answer now.</param>
public readonly record struct PayoutReply(HttpStatusCode Status, JsonElement Body)
{
    public bool IsWell => (int)Status is >= 200 and < 300;
}

/// <summary>Payout's HTTP interface as people use it: each call in somebody's name, with the roles he has.</summary>
public sealed class PayoutClient(Uri address, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_tokenLasts = TimeSpan.FromMinutes(10);

    private readonly HttpClient http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };

    public Task<PayoutReply> Get(string path, string who, string role, CancellationToken ct) =>
        Send(HttpMethod.Get, path, null, who, role, ct);

    public Task<PayoutReply> Post(string path, object body, string who, string role, CancellationToken ct) =>
        Send(HttpMethod.Post, path, body, who, role, ct);

    /// <summary>Sends the bytes of a file.</summary>
    public Task<PayoutReply> Put(string path, byte[] bytes, string mediaType, string who, string role, CancellationToken ct)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new(mediaType);
        return Send(HttpMethod.Put, path, content, who, role, ct);
    }

    /// <summary>Opens a page as a browser does, one step at a time.</summary>
    /// <param name="method">POST is a button pressed on it.</param>
    /// <returns>Status and where it leads to; status 0 when nobody answers.</returns>
    public async Task<(HttpStatusCode Status, Uri? Location)> Visit(HttpMethod method, Uri page, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(method, page);
            using var response = await http.SendAsync(request, ct);
            return (response.StatusCode, response.Headers.Location);
        }
        catch (HttpRequestException)
        {
            return (0, null);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<PayoutReply> Send(
        HttpMethod method, string path, object? body, string who, string role, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new(
            "Bearer", Jwt.Make(DemoStripeEndpoints.Tokens, new JwtBearer(who, [role], now + s_tokenLasts), now));
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body, options: JsonSerializerOptions.Web);
        try
        {
            using var response = await http.SendAsync(request, ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            return new PayoutReply(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
        catch (HttpRequestException)
        {
            return default;
        }
    }
}
