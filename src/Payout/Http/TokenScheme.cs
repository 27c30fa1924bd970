using System.Diagnostics;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SaidClaim = System.Security.Claims.Claim;

namespace ContestPipeline.Payout.Http;

/// <summary>
/// Knows callers by the bearer token in <c>Authorization</c>, and answers in problem details where it does not. Tokens that are
/// signed with our key and those of an authority are checked apart, each with algorithms of their own: an authority that is away
/// keeps nobody out who has a token of ours.
/// </summary>
public static class TokenScheme
{
    /// <summary>Sends a token to whichever of the two below it is for.</summary>
    public const string Either = "either";
    private const string OurKey = "our-key";
    private const string Authority = "authority";
    private const int AwaySeconds = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Under the scheme <see cref="Either"/>, which is the default one from here on.</summary>
    public static void AddBearerTokens(this IServiceCollection services, JwtRules rules, TimeProvider clock)
    {
        var schemes = services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null,
                policy => policy.ForwardDefaultSelector = context => rules.Authority is null || SaysOurKey(context)
                    ? OurKey : Authority)
            .AddJwtBearer(OurKey, token =>
            {
                token.TokenValidationParameters = Jwt.OfOurKeys(rules);
                Listen(token, rules, clock, rules.Issuer, rules.Audience);
            });
        if (rules.Authority is not { } authority) return;
        schemes.AddJwtBearer(Authority, token =>
        {
            token.Authority = authority.Address.AbsoluteUri;
            token.RequireHttpsMetadata = authority.Address.Scheme == Uri.UriSchemeHttps;
            token.BackchannelTimeout = s_patience;
            token.TokenValidationParameters = Jwt.OfAuthority(authority);
            Listen(token, rules, clock, authority.Address.AbsoluteUri, authority.Audience);
            token.Events.OnMessageReceived = HasKeys;
        });
        // A key that the authority has taken back is good no longer; the package would believe the last keys it knew for an hour
        // more.
        services.PostConfigure<JwtBearerOptions>(
            Authority, token => ((BaseConfigurationManager)token.ConfigurationManager!).UseLastKnownGoodConfiguration = false);
    }

    private static bool SaysOurKey(HttpContext context)
    {
        string? header = context.Request.Headers.Authorization;
        return header is null || Jwt.SaysOurKey(header[(header.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim());
    }

    private static void Listen(JwtBearerOptions token, JwtRules rules, TimeProvider clock, string issuer, string audience)
    {
        token.TimeProvider = clock;
        token.TokenHandlers.Clear();
        token.TokenHandlers.Add(Jwt.Handler);
        token.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                switch (Jwt.Check((JsonWebToken)context.SecurityToken, rules, clock.GetUtcNow()))
                {
                    case JwtReading.Believed believed:
                        context.Principal = Person(believed.Bearer);
                        break;
                    case JwtReading.Refused refused:
                        context.Fail(refused.Why);
                        break;
                    default:
                        throw new UnreachableException();
                }

                return Task.CompletedTask;
            },
            OnChallenge = context =>
            {
                context.HandleResponse();
                return Challenge(context, issuer, audience);
            },
            OnForbidden = context => ApiProblem.Write(
                context.HttpContext, 403, "Not for you", string.Create(CultureInfo.InvariantCulture,
                    $"Your token's roles "
                        + $"({string.Join(", ", context.HttpContext.User.FindAll(ClaimTypes.Role).Select(c => c.Value))}) do "
                        + $"not open {context.Request.Method} {context.Request.Path}.")),
        };
    }

    /// <summary>
    /// Without the authority's keys nothing can be said of its tokens: not that they are good, nor that they are not.
    /// </summary>
    private static async Task HasKeys(MessageReceivedContext context)
    {
        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException away)
        {
            context.Fail(new AuthorityAwayException(context.Options.Authority!, away));
        }
    }

    private static Task Challenge(JwtBearerChallengeContext context, string issuer, string audience)
    {
        if (context.AuthenticateFailure is AuthorityAwayException away)
        {
            context.Response.Headers.RetryAfter = AwaySeconds.ToString(CultureInfo.InvariantCulture);
            return ApiProblem.Write(context.HttpContext, 503, "Not now", $"{away.Message} Try again in {AwaySeconds} s.");
        }

        var why = context.AuthenticateFailure is { } failure
            ? failure is AuthenticationFailureException ? failure.Message : Jwt.Why(failure, issuer, audience) : null;
        context.Response.Headers.WWWAuthenticate = why is null
            ? JwtBearerDefaults.AuthenticationScheme : $"{JwtBearerDefaults.AuthenticationScheme} error=\"invalid_token\"";
        return ApiProblem.Write(context.HttpContext, 401, "Who are you?", why is null
            ? "The request has no bearer token. Send one in the header Authorization: Bearer …"
            : $"The bearer token is not believed: {why}. Ask for a new one and send it again.");
    }

    private static ClaimsPrincipal Person(JwtBearer bearer) => new(new ClaimsIdentity(
        [new SaidClaim(ClaimTypes.NameIdentifier, bearer.Subject), .. bearer.Roles.Select(r => new SaidClaim(ClaimTypes.Role, r)),
        .. bearer.PlayerIds.Select(p => new SaidClaim(Caller.PlayerIdClaim, p))], JwtBearerDefaults.AuthenticationScheme));
}

/// <summary>The keys of an authority cannot be read.</summary>
internal sealed class AuthorityAwayException(string authority, Exception cause)
    : Exception($"The keys of {authority}, which signs your token, cannot be read.", cause);
