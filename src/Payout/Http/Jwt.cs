using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

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

    /// <summary>An authority of OpenID Connect whose tokens are believed as well; null: none.</summary>
    public JwtAuthority? Authority { get; init; }

    /// <summary>Without the keys.</summary>
    public override string ToString() =>
        $"{nameof(JwtRules)} {{ Issuer = {Issuer}, Audience = {Audience}, Environment = {Environment} }}";
}

/// <summary>Somebody who signs tokens with keys of their own and publishes them (OpenID Connect Discovery 1.0).</summary>
/// <param name="Address">Under which <c>.well-known/openid-configuration</c> lies.</param>
/// <param name="Audience">What its tokens have to say in <c>aud</c>.</param>
public sealed record JwtAuthority(Uri Address, string Audience);

/// <summary>What a token says about its bearer.</summary>
/// <param name="Subject">The person: for players the player id.</param>
/// <param name="Roles">See <see cref="ApiRole"/>.</param>
public sealed record JwtBearer(string Subject, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt)
{
    /// <summary>
    /// The players that a member of staff is, under the ids that payouts have (claim <c>player_ids</c>): what is theirs they do
    /// not decide about.
    /// </summary>
    public IReadOnlyList<string> PlayerIds { get; init; } = [];
}

/// <summary>A token is believed or it is not, and then why.</summary>
public abstract record JwtReading
{
    private JwtReading() { }

    public sealed record Believed(JwtBearer Bearer) : JwtReading;

    public sealed record Refused(string Why) : JwtReading;
}

/// <summary>
/// JSON web tokens signed with our key (HMAC-SHA256), and what every token has to say, whoever signed it. Form, signature,
/// algorithm, issuer and audience are Microsoft.IdentityModel's to check; times, on the clock that is given, and the claims of
/// our own are checked here.
/// </summary>
public static class Jwt
{
    public const int LengthMax = 4096;
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(30);

    /// <summary>Reads claims under their own names, and nothing that is too long to be a token.</summary>
    internal static JsonWebTokenHandler Handler { get; } = new()
    {
        MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = LengthMax,
    };

    public static string Make(JwtRules rules, JwtBearer bearer, DateTimeOffset now)
    {
        var said = new Dictionary<string, object>
        {
            ["iss"] = rules.Issuer, ["aud"] = rules.Audience, ["sub"] = bearer.Subject, ["roles"] = bearer.Roles.ToArray(),
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = bearer.ExpiresAt.ToUnixTimeSeconds(),
        };
        if (rules.Environment is { } environment) said["env"] = environment;
        if (bearer.PlayerIds.Count > 0 || bearer.Roles.Contains(ApiRole.Approver))
            said["player_ids"] = bearer.PlayerIds.ToArray();
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = said,
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(rules.Key), SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Reads a token that is signed with a key of ours.</summary>
    public static async Task<JwtReading> Read(string token, JwtRules rules, DateTimeOffset now)
    {
        var result = await Handler.ValidateTokenAsync(token, OfOurKeys(rules));
        return result.IsValid
            ? Check((JsonWebToken)result.SecurityToken, rules, now)
            : new JwtReading.Refused(Why(result.Exception, rules.Issuer, rules.Audience));
    }

    /// <summary>
    /// Whether it says that it is signed with a key that both sides know. The token only says so; who checks it decides which
    /// algorithms are taken.
    /// </summary>
    public static bool SaysOurKey(string token)
    {
        try
        {
            return Handler.ReadJsonWebToken(token).Alg.StartsWith("HS", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    /// <summary>One algorithm, which is ours to say and not the token's.</summary>
    internal static TokenValidationParameters OfOurKeys(JwtRules rules) => new()
    {
        ValidIssuer = rules.Issuer,
        ValidAudience = rules.Audience,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        IssuerSigningKeys = [.. rules.OtherKeys.Prepend(rules.Key).Select(key => new SymmetricSecurityKey(key))],
        ValidateLifetime = false, // Check does, on the clock that it is given.
    };

    /// <summary>
    /// Of an authority, whose keys and whose name as issuer come from its discovery document: algorithms of public keys, and no
    /// other.
    /// </summary>
    internal static TokenValidationParameters OfAuthority(JwtAuthority authority) => new()
    {
        ValidAudience = authority.Audience,
        ValidAlgorithms =
        [
            SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
            SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
            SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        ],
        ValidateLifetime = false, // Check does, on the clock that it is given.
    };

    /// <summary>Why a token was not believed before its claims were looked at; a sentence's part.</summary>
    internal static string Why(Exception trouble, string issuer, string audience) => trouble switch
    {
        SecurityTokenInvalidIssuerException => $"the issuer is not {issuer}",
        SecurityTokenInvalidAudienceException => $"the audience is not {audience}",
        SecurityTokenValidationException => "the signature is not ours",
        _ => $"not a token of three base64url parts, two of them JSON, and at most {LengthMax} characters",
    };

    /// <summary>Looks at the claims of a token whose signature, issuer and audience are good.</summary>
    internal static JwtReading Check(JsonWebToken token, JwtRules rules, DateTimeOffset now)
    {
        using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedPayload));
        var claims = body.RootElement;
        if (Time(claims, "exp") is not { } expiresAt) return new JwtReading.Refused("it has no expiry");
        if (now >= expiresAt + s_clockSkew) return new JwtReading.Refused("it has expired");
        if (claims.TryGetProperty("nbf", out _) && (Time(claims, "nbf") is not { } notBefore || now < notBefore - s_clockSkew))
            return new JwtReading.Refused("it is not valid yet");
        if (Text(claims, "env") is var environment
            && (environment ?? (rules.EnvironmentRequired ? "(none)" : rules.Environment)) != rules.Environment)
            return new JwtReading.Refused($"its environment is {environment ?? "not said"}, and this is {rules.Environment}");
        if (rules.LifetimeMax is { } longest
            && (Time(claims, "iat") is not { } issuedAt || expiresAt - issuedAt > longest || issuedAt > now + s_clockSkew))
            return new JwtReading.Refused(
                $"it has to be issued in the past (iat) and to expire within {longest.TotalHours:0} hours of that");
        if (Text(claims, "sub") is not { Length: > 0 } subject) return new JwtReading.Refused("it has no subject");
        var roles = Texts(claims, "roles");
        // Staff and players have ids of two kinds: without this nobody could tell that an approver is the winner.
        if (rules.EnvironmentRequired && roles.Contains(ApiRole.Approver) && !claims.TryGetProperty("player_ids", out _))
            return new JwtReading.Refused(
                "it has the role approver and does not say which players its bearer is (player_ids, [] for none)");
        return new JwtReading.Believed(new JwtBearer(subject, roles, expiresAt) { PlayerIds = Texts(claims, "player_ids") });
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>One text or a list of them.</summary>
    private static List<string> Texts(JsonElement claims, string name)
    {
        if (Text(claims, name) is { } one) return [one];
        if (!claims.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array) return [];
        return [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)];
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        const long Year9999 = 253_402_300_799;
        if (!claims.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Number) return null;
        return value.TryGetDouble(out var seconds) && seconds is >= 0 and <= Year9999
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
    }
}
