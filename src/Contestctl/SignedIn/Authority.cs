using System.Text.Json;

namespace ContestPipeline.Contestctl.SignedIn;

/// <summary>A token that an authority gave.</summary>
internal sealed record GivenToken(string Token, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"{nameof(GivenToken)} {{ ExpiresAt = {ExpiresAt:u} }}";
}

/// <summary>What an authority of OpenID Connect answers.</summary>
internal static class Authority
{
    /// <param name="first">What the first endpoint is called in the authority's own description.</param>
    /// <returns>It and the endpoint that gives tokens; null: the authority lacks one.</returns>
    /// <exception cref="RefusedException">It names an endpoint over another transport than its own.</exception>
    public static async Task<(Uri First, Uri Tokens)?> Endpoints(
        this HttpClient http, Uri authority, string first, CancellationToken ct)
    {
        var about = await Json(await http.GetAsync(
            new Uri($"{authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration"), ct), ct);
        return about.Text(first) is { } begin && about.Text("token_endpoint") is { } tokens
            ? (SameTransport(authority, begin), SameTransport(authority, tokens)) : null;
    }

    /// <returns>An empty object for what is no JSON.</returns>
    public static async Task<JsonElement> Ask(
        this HttpClient http, Uri endpoint, CancellationToken ct, params (string Name, string Value)[] fields) => await Json(
        await http.PostAsync(
            endpoint, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))), ct), ct);

    /// <returns>Null: the answer holds none.</returns>
    public static GivenToken? Given(this JsonElement answer, TimeProvider clock) => answer.Text("access_token") is { } token
        ? new GivenToken(token, clock.GetUtcNow().AddSeconds(answer.Whole("expires_in") ?? 0)) : null;

    public static string? Text(this JsonElement of, string name) => of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static long? Whole(this JsonElement of, string name) => of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number : null;

    /// <summary>An authority that is asked encrypted does not send elsewhere in plaintext.</summary>
    private static Uri SameTransport(Uri authority, string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme == authority.Scheme ? address
            : throw new RefusedException($"{authority} names {endpoint}, which is not {authority.Scheme}");

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
}
