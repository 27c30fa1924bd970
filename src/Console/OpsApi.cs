using ContestPipeline.Payout.Http;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.WebConsole.Failures;
using ContestPipeline.WebConsole.Messages;
using ContestPipeline.WebConsole.Replays;
using Microsoft.AspNetCore.Authorization;

namespace ContestPipeline.WebConsole;

/// <summary><c>/v1/ops</c>: what the pages do, for programs; bearers as at Payout's API, no cookie.</summary>
internal static class OpsApi
{
    private const string Path = "/v1/ops";

    public static void Map(WebApplication app, ConsoleOptions options)
    {
        if (options.ApiTokens is null)
        {
            app.MapFallback($"{Path}/{{*path}}", () => ApiProblem.Of(
                StatusCodes.Status503ServiceUnavailable, "Not here", "PAYOUT_JWT_KEY is not set: no bearer can be believed."))
                .AllowAnonymous();
            return;
        }

        var ops = app.MapGroup(Path);
        SignInApi.Map(app, options);
        ops.RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = TokenScheme.Either });
        ReplayApi.Map(ops);
        FailureApi.Map(ops);
        MessageApi.Map(ops);
        ops.MapFallback("/{*path}", (HttpContext context) => ApiProblem.NotFound($"route {context.Request.Path}")).ForStaff();
    }
}
