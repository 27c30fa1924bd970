using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ContestPipeline.Payout.Http;

/// <summary>Which tokens are believed: signed with this key, by this issuer, for this audience.</summary>
/// <param name="Key">Signs, and checks; at least 32 bytes.</param>
public sealed record JwtRules(byte[] Key, string Issuer, string Audience)
{
    /// <summary>Keys that only check: those that signed before <see cref="Key"/> did, or will after it.</summary>
    public IReadOnlyList<byte[]> OtherKeys { get; init; } = [];

    /// <summary>What a token's claim <c>env</c> has to say where it has one, test or live; null: nothing is asked.</summary>
    public string? Environment { get; init; }

    /// <summary>A token without the claim <c>env</c> is not believed.</summary>
    public bool EnvironmentRequired { get; init; }

    /// <summary>The longest that a token may be good for, from <c>iat</c> to <c>exp</c>; null: any time.</summary>
    public TimeSpan? LifetimeMax { get; init; }

    /// <summary>Without the keys.</summary>
    public override string ToString() => $"{nameof(JwtRules)} {{ Issuer = {Issuer}, Audience = {Audience}, Environment = {Environment} }}";
}

/// <summary>What a token says about its bearer.</summary>
/// <param name="Subject">The person: for players the player id.</param>
/// <param name="Roles">See <see cref="ApiRole"/>.</param>
public sealed record JwtBearer(string Subject, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt)
{
    /// <summary>The players that a member of staff is, under the ids that payouts have (claim <c>player_ids</c>): what is theirs they do not decide about.</summary>
    public IReadOnlyList<string> PlayerIds { get; init; } = [];
}

/// <summary>A token is believed or it is not, and then why.</summary>
public abstract record JwtReading
{
    private JwtReading() { }

    public sealed record Believed(JwtBearer Bearer) : JwtReading;

    public sealed record Refused(string Why) : JwtReading;
}

/// <summary>JSON web tokens signed with HMAC-SHA256, and no other kind: the algorithm is ours to say, not the token's.</summary>
public static class Jwt
{
    public const int LengthMax = 4096;
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(30);

    public static string Make(JwtRules rules, JwtBearer bearer, DateTimeOffset now)
    {
        var header = Part(new Dictionary<string, object> { ["alg"] = "HS256", ["typ"] = "JWT" });
        var said = new Dictionary<string, object>
        {
            ["iss"] = rules.Issuer, ["aud"] = rules.Audience, ["sub"] = bearer.Subject, ["roles"] = bearer.Roles,
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = bearer.ExpiresAt.ToUnixTimeSeconds(),
        };
        if (rules.Environment is { } environment) said["env"] = environment;
        if (bearer.PlayerIds.Count > 0 || bearer.Roles.Contains(ApiRole.Approver)) said["player_ids"] = bearer.PlayerIds;
        var claims = Part(said);
        return $"{header}.{claims}.{Base64Url.EncodeToString(Signature(rules.Key, $"{header}.{claims}"))}";
    }

    /// <summary>Looks at the signature before it looks at anything the token says.</summary>
    public static JwtReading Read(string token, JwtRules rules, DateTimeOffset now)
    {
        var parts = token.Length > LengthMax ? [] : token.Split('.');
        if (parts.Length != 3 || Bytes(parts[0]) is not { } header || Bytes(parts[1]) is not { } claims || Bytes(parts[2]) is not { } signature)
            return new JwtReading.Refused($"not a token of three base64url parts and at most {LengthMax} characters");
        if (!rules.OtherKeys.Prepend(rules.Key).Any(key => CryptographicOperations.FixedTimeEquals(signature, Signature(key, $"{parts[0]}.{parts[1]}"))))
            return new JwtReading.Refused("the signature is not ours");
        try
        {
            using var head = JsonDocument.Parse(header);
            if (Text(head.RootElement, "alg") != "HS256") return new JwtReading.Refused("the algorithm is not HS256");
            using var body = JsonDocument.Parse(claims);
            return Check(body.RootElement, rules, now);
        }
        catch (JsonException)
        {
            return new JwtReading.Refused("header or claims are no JSON");
        }
    }

    private static JwtReading Check(JsonElement claims, JwtRules rules, DateTimeOffset now)
    {
        if (Text(claims, "iss") != rules.Issuer) return new JwtReading.Refused($"the issuer is not {rules.Issuer}");
        if (!Texts(claims, "aud").Contains(rules.Audience)) return new JwtReading.Refused($"the audience is not {rules.Audience}");
        if (Time(claims, "exp") is not { } expiresAt) return new JwtReading.Refused("it has no expiry");
        if (now >= expiresAt + s_clockSkew) return new JwtReading.Refused("it has expired");
        if (Time(claims, "nbf") is { } notBefore && now < notBefore - s_clockSkew) return new JwtReading.Refused("it is not valid yet");
        if (Text(claims, "env") is var environment && (environment ?? (rules.EnvironmentRequired ? "(none)" : rules.Environment)) != rules.Environment)
            return new JwtReading.Refused($"its environment is {environment ?? "not said"}, and this is {rules.Environment}");
        if (rules.LifetimeMax is { } longest && (Time(claims, "iat") is not { } issuedAt || expiresAt - issuedAt > longest || issuedAt > now + s_clockSkew))
            return new JwtReading.Refused($"it has to be issued in the past (iat) and to expire within {longest.TotalHours:0} hours of that");
        if (Text(claims, "sub") is not { Length: > 0 } subject) return new JwtReading.Refused("it has no subject");
        var roles = Texts(claims, "roles");
        // Staff and players have ids of two kinds: without this nobody could tell that an approver is the winner.
        if (rules.EnvironmentRequired && roles.Contains(ApiRole.Approver) && !claims.TryGetProperty("player_ids", out _))
            return new JwtReading.Refused("it has the role approver and does not say which players its bearer is (player_ids, [] for none)");
        return new JwtReading.Believed(new JwtBearer(subject, roles, expiresAt) { PlayerIds = Texts(claims, "player_ids") });
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>One text or a list of them.</summary>
    private static List<string> Texts(JsonElement claims, string name)
    {
        if (Text(claims, name) is { } one) return [one];
        if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array) return [];
        return [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)];
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        const long Year9999 = 253_402_300_799;
        if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Number) return null;
        return value.TryGetDouble(out var seconds) && seconds is >= 0 and <= Year9999 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
    }

    private static string Part(object content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));

    private static byte[]? Bytes(string part) => Base64Url.IsValid(part) ? Base64Url.DecodeFromChars(part) : null;

    private static byte[] Signature(byte[] key, string signed) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed));
}
