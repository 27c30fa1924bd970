using System.Buffers.Text;
using System.Security.Cryptography;
using ContestPipeline.Payout.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ContestPipeline.Integration.Payout;

/// <summary>An authority of OpenID Connect: its discovery document, its keys, and tokens that it signs.</summary>
internal sealed class TokenAuthority : IAsyncDisposable
{
    public const string Audience = "payout-of-the-authority";

    private static readonly JsonWebTokenHandler s_tokens = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly WebApplication app;
    private RSA key = RSA.Create(2048);
    private int keyNo = 1;

    private TokenAuthority(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    public JwtRules Believed => ApiWorld.Tokens with { Authority = new JwtAuthority(new Uri(Address), Audience) };

    /// <summary>As it stands in its JSON Web Key Set.</summary>
    public string PublicKey => Base64Url.EncodeToString(key.ExportParameters(false).Modulus);

    public static async Task<TokenAuthority> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var authority = new TokenAuthority(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = authority.Address, ["jwks_uri"] = $"{authority.Address}/keys",
            ["authorization_endpoint"] = $"{authority.Address}/authorize",
            ["response_types_supported"] = new[] { "code" }, ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        app.MapGet("/keys", () => Results.Json(new { keys = new[] { authority.Published() } }));
        await app.StartAsync();
        return authority;
    }

    /// <summary>From now on it signs with another key, and publishes no other.</summary>
    public void ChangeKey()
    {
        key.Dispose();
        (key, keyNo) = (RSA.Create(2048), keyNo + 1);
    }

    /// <param name="change">What it says otherwise; null takes a claim away.</param>
    /// <param name="signer">Who signs in its name; null: it does.</param>
    public string Token(DateTimeOffset now, string role, RSA? signer = null, params (string Claim, object? Value)[] change)
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Address, ["aud"] = Audience, ["sub"] = "olga", ["roles"] = new[] { role },
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        };
        foreach (var (claim, value) in change)
        {
            if (value is null) claims.Remove(claim);
            else claims[claim] = value;
        }

        return s_tokens.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            SigningCredentials = new SigningCredentials(
                new RsaSecurityKey(signer ?? key) { KeyId = $"key-{keyNo}" }, SecurityAlgorithms.RsaSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private Dictionary<string, string> Published() => new()
    {
        ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = $"key-{keyNo}", ["n"] = PublicKey,
        ["e"] = Base64Url.EncodeToString(key.ExportParameters(false).Exponent),
    };
}
