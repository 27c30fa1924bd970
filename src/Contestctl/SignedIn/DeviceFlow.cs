using System.Text.Json;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.SignedIn;

/// <summary>A token that an authority gave.</summary>
internal sealed record GivenToken(string Token, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"{nameof(GivenToken)} {{ ExpiresAt = {ExpiresAt:u} }}";
}

/// <summary>
/// Signing in at an authority of OpenID Connect from a terminal (RFC 8628): a code is shown, a person enters it in a browser
/// anywhere, and meanwhile the authority is asked whether that is done.
/// </summary>
internal sealed class DeviceFlow(HttpClient http, TimeProvider clock, Action<string> say)
{
    private const int SecondsMin = 1;
    private const int SlowDownSeconds = 5;
    private const int WaitsMax = 1_000;
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    /// <exception cref="RefusedException">The authority has no such way in, or said no.</exception>
    public async Task<GivenToken> SignIn(Uri authority, string clientId, string scopes, CancellationToken ct)
    {
        var about = await Json(await http.GetAsync(
            new Uri($"{authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration"), ct), ct);
        if (Text(about, "device_authorization_endpoint") is not { } begin || Text(about, "token_endpoint") is not { } tokens)
            throw new RefusedException($"{authority} has no device flow; set PAYOUT_API_TOKEN to a token of its instead");
        RequireSameTransport(authority, begin, tokens);
        var asked = await Json(await Post(begin, ct, ("client_id", clientId), ("scope", scopes)), ct);
        if (Text(asked, "device_code") is not { } device)
            throw new RefusedException(
                $"{authority} does not let {clientId} sign in from a terminal: {Text(asked, "error") ?? "without a word"}");
        say($"open {Text(asked, "verification_uri_complete") ?? Text(asked, "verification_uri")} in a browser");
        say($"and enter {Text(asked, "user_code")}");
        return await Await(tokens, clientId, device, Whole(asked, "interval") ?? SlowDownSeconds, ct);
    }

    private async Task<GivenToken> Await(string tokens, string clientId, string device, long seconds, CancellationToken ct)
    {
        for (var waits = 0; waits < WaitsMax; waits++)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(SecondsMin, seconds)), clock, ct);
            var answer = await Json(
                await Post(tokens, ct, ("grant_type", Grant), ("device_code", device), ("client_id", clientId)), ct);
            if (Text(answer, "access_token") is { } token)
                return new GivenToken(token, clock.GetUtcNow().AddSeconds(Whole(answer, "expires_in") ?? 0));
            switch (Text(answer, "error"))
            {
                case "authorization_pending": break;
                case "slow_down": seconds += SlowDownSeconds; break;
                case "expired_token": throw new RefusedException("the code was not entered in time; sign in anew");
                case "access_denied": throw new RefusedException("the authority said no");
                case var other: throw new RefusedException($"the authority did not give a token: {other ?? "without a word"}");
            }
        }

        throw new RefusedException("the code was not entered in time; sign in anew");
    }

    /// <summary>An authority that is asked encrypted does not send elsewhere in plaintext.</summary>
    private static void RequireSameTransport(Uri authority, params string[] endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme != authority.Scheme)
                throw new RefusedException($"{authority} names {endpoint}, which is not {authority.Scheme}");
        }
    }

    private Task<HttpResponseMessage> Post(string endpoint, CancellationToken ct, params (string Name, string Value)[] fields) =>
        http.PostAsync(
            new Uri(endpoint), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))), ct);

    /// <returns>An empty object for what is no JSON.</returns>
    private static async Task<JsonElement> Json(HttpResponseMessage answer, CancellationToken ct)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(ct);
            try
            {
                return JsonSerializer.Deserialize<JsonElement>(text);
            }
            catch (JsonException)
            {
                return JsonSerializer.Deserialize<JsonElement>("{}");
            }
        }
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Whole(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number : null;
}
