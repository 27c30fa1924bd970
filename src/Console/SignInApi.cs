using ContestPipeline.Payout.Http;

namespace ContestPipeline.WebConsole;

/// <summary>How a program's user signs in.</summary>
/// <param name="Authority">Of OpenID Connect; absent: in test, under a name and roles that one says.</param>
/// <param name="ClientId">Of contestctl at the authority; absent: it has none.</param>
/// <param name="Payout">Where Payout's API answers.</param>
internal sealed record SignInWay(string Environment, string? Authority, string? ClientId, string? Scopes, string? Payout);

/// <summary>In test, without an authority: who one says that one is.</summary>
internal sealed record SignInRequest(string Name, IReadOnlyList<string> Roles);

/// <summary>A token for the operators' API and Payout's.</summary>
internal sealed record SignInAnswer(string Token, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"{nameof(SignInAnswer)} {{ ExpiresAt = {ExpiresAt:u} }}";
}

/// <summary>Who a token names.</summary>
internal sealed record MeAnswer(string Subject, IReadOnlyList<string> Roles, string Environment);

/// <summary><c>/v1/ops/sign-in</c> and <c>/v1/ops/me</c>: for <c>contestctl login</c>.</summary>
internal static class SignInApi
{
    private const int NameCharsMax = 100;
    private static readonly TimeSpan s_session = TimeSpan.FromHours(8);
    private static readonly string[] s_roles = [ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver];

    public static void Map(RouteGroupBuilder ops, ConsoleOptions options)
    {
        var environment = options.IsLive ? "live" : "test";
        ops.MapGet("/sign-in", () => ApiAnswer.Of(new SignInWay(
            environment, options.Authority?.Address.AbsoluteUri, options.CliClientId,
            options.Authority is { } authority ? string.Join(' ', authority.Scopes) : null, options.PayoutUrl?.AbsoluteUri)))
            .AllowAnonymous().WithSummary("How a program's user signs in.").ProducesAnswer<SignInWay>("The way.");
        ops.MapGet("/me", (Caller caller) => ApiAnswer.Of(new MeAnswer(caller.Subject, caller.Roles, environment)))
            .ForStaff().WithSummary("Whom the token names.").ProducesAnswer<MeAnswer>("Subject and roles.");
        if (options is { IsLive: false, Authority: null, Tokens: { } rules })
            ops.MapPost("/sign-in", (SignInRequest said, TimeProvider clock) => Token(said, rules, clock.GetUtcNow()))
                .AllowAnonymous().WithSummary("A token for a name and roles that one says; in test only, without an authority.")
                .ProducesAnswer<SignInAnswer>("The token.").ProducesRefusal(400, "No name, or no roles that there are.");
    }

    private static IResult Token(SignInRequest said, JwtRules rules, DateTimeOffset now)
    {
        var name = said.Name?.Trim() ?? "";
        if (name.Length is 0 or > NameCharsMax || said.Roles is not { Count: > 0 } || said.Roles.Except(s_roles).Any())
            return ApiProblem.Invalid($"Give a name and roles among {string.Join(", ", s_roles)}.");
        var until = now + s_session;
        return ApiAnswer.Of(new SignInAnswer(Jwt.Make(rules, new JwtBearer(name, said.Roles, until), now), until));
    }
}
