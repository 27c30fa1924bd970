using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl;

/// <summary>The worker said no, and why.</summary>
internal sealed class RefusedException(string why) : Exception(why);

/// <summary>
/// The HTTP APIs of Payout and of the console as the command line uses them: whatever changes something goes through one of them,
/// with the caller's own token.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    /// <summary>Beside letters and digits, in a bearer token (RFC 6750).</summary>
    private const string TokenMarks = "-._~+/=";

    private const int WaitSeconds = 100;

    /// <summary>Where the console answers; with it replays are the server's.</summary>
    public const string ConsoleSetting = "CONSOLE_API_URL";

    private const string PayoutSetting = "PAYOUT_API_URL";

    private readonly HttpClient http;
    private readonly string url;
    private readonly string setting;
    private readonly TimeProvider clock;

    /// <param name="waitSeconds">How long an answer may take.</param>
    public ApiClient(Session session, int waitSeconds = WaitSeconds)
        : this(
            session, PayoutSetting, "say where Payout answers (its PAYOUT_HTTP_URL), such as http://127.0.0.1:8083", waitSeconds)
    {
    }

    private ApiClient(Session session, string setting, string meaning, int waitSeconds)
    {
        clock = session.Clock;
        this.setting = setting;
        url = session.Settings.Require(setting, meaning);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            throw new SettingException(setting, $"must be an address, not '{url}'");
        TransportSecurity.Require(session.Settings, new OutgoingConnection.Http(setting));
        http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(waitSeconds) };
        var token = session.Settings.Require("PAYOUT_API_TOKEN", "a bearer token with your name and role").Trim();
        if (!token.All(c => char.IsAsciiLetterOrDigit(c) || TokenMarks.Contains(c, StringComparison.Ordinal)))
            throw new SettingException("PAYOUT_API_TOKEN", "is no bearer token; it may hold letters, digits and " + TokenMarks);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The console's.</summary>
    public static ApiClient OfConsole(Session session) => new(
        session, ConsoleSetting, "say where the console answers (its CONSOLE_HTTP_URL), such as http://127.0.0.1:8090",
        WaitSeconds);

    /// <exception cref="RefusedException">The answer is no success.</exception>
    public Task<JsonElement> Get(string path, CancellationToken ct) => Ask(HttpMethod.Get, path, null, ct);

    /// <exception cref="RefusedException">The answer is no success.</exception>
    public Task<JsonElement> Post(string path, object body, CancellationToken ct) => Ask(HttpMethod.Post, path, body, ct);

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> Ask(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: WireOptions);
        using var work = LongWork.Begin(setting == PayoutSetting ? "waiting for Payout" : "waiting for the console", clock);
        try
        {
            using var response = await http.SendAsync(request, ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize<JsonElement>(text) : throw new RefusedException(Why((int)response.StatusCode, text));
        }
        catch (HttpRequestException e)
        {
            throw new SettingException(setting, $"names {url}, where nothing answers ({e.Message})");
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{url} did not answer in time", e);
        }
    }

    private static JsonSerializerOptions WireOptions { get; } = new(WireJson.Options) { IgnoreReadOnlyProperties = false };

    private static string Why(int status, string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            if (problem.RootElement.TryGetProperty("detail", out var detail) && detail.GetString() is { Length: > 0 } why)
                return why;
        }
        catch (JsonException)
        {
            // Not from Payout, but from something in between: the status has to do.
        }

        return $"the answer was HTTP {status}";
    }
}
