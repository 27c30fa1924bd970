using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SaidClaim = System.Security.Claims.Claim;

namespace ContestPipeline.Payout.Http;

/// <summary>The rules under which <see cref="TokenScheme"/> believes a token.</summary>
public sealed class TokenSchemeOptions : AuthenticationSchemeOptions
{
    public JwtRules Rules { get; set; } = new([], "", "");
}

/// <summary>Knows callers by the bearer token in <c>Authorization</c>, and answers in problem details where it does not.</summary>
public sealed class TokenScheme(IOptionsMonitor<TokenSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder)
    : AuthenticationHandler<TokenSchemeOptions>(options, logging, encoder)
{
    public const string Name = "Bearer";
    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (header is null || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(Jwt.Read(header[Prefix.Length..].Trim(), Options.Rules, TimeProvider.GetUtcNow()) switch
        {
            JwtReading.Believed believed => AuthenticateResult.Success(new AuthenticationTicket(Person(believed.Bearer), Name)),
            JwtReading.Refused refused => AuthenticateResult.Fail(refused.Why),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var why = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message;
        Response.Headers.WWWAuthenticate = why is null ? Name : $"{Name} error=\"invalid_token\"";
        await ApiProblem.Write(Context, 401, "Who are you?", why is null
            ? "The request has no bearer token. Send one in the header Authorization: Bearer …"
            : $"The bearer token is not believed: {why}. Ask for a new one and send it again.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => ApiProblem.Write(
        Context, 403, "Not for you", string.Create(CultureInfo.InvariantCulture,
            $"Your token's roles ({string.Join(", ", Context.User.FindAll(ClaimTypes.Role).Select(c => c.Value))}) do not open {Request.Method} {Request.Path}."));

    private static ClaimsPrincipal Person(JwtBearer bearer) => new(new ClaimsIdentity(
        [new SaidClaim(ClaimTypes.NameIdentifier, bearer.Subject), .. bearer.Roles.Select(r => new SaidClaim(ClaimTypes.Role, r)),
        .. bearer.PlayerIds.Select(p => new SaidClaim(Caller.PlayerIdClaim, p))], Name));
}
