using System.Security.Claims;
using ContestPipeline.Payout.Http;
using ContestPipeline.WebConsole.Pages;
using ContestPipeline.WebConsole.Shown;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ContestPipeline.WebConsole.Access;

/// <summary>
/// How people come in: at an OpenID Connect authority, or, in test and without one, by a form that asks for a name and roles. The
/// cookie holds the token that Payout's API is called with.
/// </summary>
internal static class SignIn
{
    public const string Path = "/sign-in";
    public const string TokenName = "access_token";
    private const string Authority = "open-id";
    private const int NameCharsMax = 100;
    private static readonly TimeSpan s_session = TimeSpan.FromHours(8);
    private static readonly string[] s_roles = [ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver];

    public static void AddSignIn(this IServiceCollection services, ConsoleOptions options)
    {
        var schemes = services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = options.IsLive ? "__Host-console" : "console";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax; // The authority sends people back from another site.
            cookie.Cookie.SecurePolicy = Secure(options.IsLive);
            cookie.ExpireTimeSpan = s_session;
            cookie.SlidingExpiration = false;
            cookie.LoginPath = Path;
            cookie.ReturnUrlParameter = "to";
            cookie.Events.OnRedirectToAccessDenied = context => Troubles.Show(
                context.HttpContext, StatusCodes.Status403Forbidden, "Not for you",
                $"This needs another role than {Shell.RolesOf(context.HttpContext.User)}. Ask whoever gives out roles.");
        });
        if (options.Authority is { } authority)
            schemes.AddOpenIdConnect(Authority, connect => Connect(connect, authority, options.IsLive));
    }

    public static void Map(WebApplication app, ConsoleOptions options)
    {
        if (options.Authority is not null)
            app.MapGet(Path, (string? to) => Results.Challenge(
                new AuthenticationProperties { RedirectUri = LocalPath.Of(to) }, [Authority])).AllowAnonymous();
        else if (!options.IsLive)
        {
            app.MapGet(Path, (HttpContext context, string? to) => new RazorComponentResult<SignInPage>(
                new { Shell = Shell.Of(context), To = LocalPath.Of(to) })).AllowAnonymous();
            app.MapPost(Path, (HttpContext context, ConsoleOptions own) => FromForm(context, own)).AllowAnonymous().Guarded();
        }

        app.MapPost("/sign-out", async (HttpContext context, ConsoleOptions _) =>
        {
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            context.Response.SeeOther(Path);
        }).ForStaff().Guarded();
    }

    private static CookieSecurePolicy Secure(bool isLive) =>
        isLive ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    private static void Connect(OpenIdConnectOptions connect, Authority authority, bool isLive)
    {
        connect.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        connect.Authority = authority.Address.AbsoluteUri;
        connect.RequireHttpsMetadata = authority.Address.Scheme == Uri.UriSchemeHttps;
        connect.ClientId = authority.ClientId;
        connect.ClientSecret = authority.ClientSecret;
        connect.ResponseType = OpenIdConnectResponseType.Code;
        // By a redirect: with a form from another site, browsers would send no cookie that is not Secure, and test may be http.
        connect.ResponseMode = OpenIdConnectResponseMode.Query;
        foreach (var cookie in (CookieBuilder[])[connect.CorrelationCookie, connect.NonceCookie])
            (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, Secure(isLive));
        connect.UsePkce = true;
        connect.SaveTokens = true;
        connect.MapInboundClaims = false;
        connect.CallbackPath = ConsoleOptions.ReturnPath;
        connect.Scope.Clear();
        foreach (var scope in authority.Scopes) connect.Scope.Add(scope);
        connect.TokenValidationParameters.NameClaimType = "sub";
        connect.TokenValidationParameters.RoleClaimType = authority.RolesClaim;
        connect.Events.OnRedirectToIdentityProvider = context =>
        {
            context.ProtocolMessage.RedirectUri = authority.ReturnAddress;
            return Task.CompletedTask;
        };
        connect.Events.OnTokenValidated = context =>
        {
            var said = context.Principal!;
            var roles = said.FindAll(authority.RolesClaim).Select(claim => claim.Value).ToArray();
            if (roles.Length == 0) roles = RolesIn(context.TokenEndpointResponse?.AccessToken, authority.RolesClaim);
            context.Principal = Person(said.FindFirstValue("sub")!, roles.Intersect(s_roles));
            return Task.CompletedTask;
        };
        connect.Events.OnRemoteFailure = context =>
        {
            context.HandleResponse();
            return Troubles.Show(context.HttpContext, StatusCodes.Status401Unauthorized, "Not signed in",
                $"The authority did not let you in: {context.Failure?.Message}");
        };
    }

    /// <summary>
    /// Many authorities put roles into the token for the API alone. It came from the authority itself, and Payout checks it
    /// whenever something is done with it.
    /// </summary>
    private static string[] RolesIn(string? accessToken, string claim) =>
        accessToken is not null && new JsonWebTokenHandler().CanReadToken(accessToken)
            ? [.. new JsonWebToken(accessToken).Claims.Where(c => c.Type == claim).Select(c => c.Value)] : [];

    private static async Task FromForm(HttpContext context, ConsoleOptions options)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var name = form["name"].ToString().Trim();
        string[] roles = [.. form["role"].Select(role => role ?? "").Intersect(s_roles)];
        if (name.Length is 0 or > NameCharsMax || roles.Length == 0)
        {
            await Troubles.Show(context, StatusCodes.Status400BadRequest, "Not signed in", "Give a name and at least one role.");
            return;
        }

        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var properties = new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now + s_session };
        if (options.Tokens is { } rules)
            properties.StoreTokens(
            [
                new AuthenticationToken
                {
                    Name = TokenName, Value = Jwt.Make(rules, new JwtBearer(name, roles, now + s_session), now),
                },
            ]);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Person(name, roles), properties);
        context.Response.SeeOther(LocalPath.Of(form["to"]));
    }

    private static ClaimsPrincipal Person(string name, IEnumerable<string> roles) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, name), .. roles.Select(role => new Claim(ClaimTypes.Role, role))],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
