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

    public static ApiDocument Document { get; } = new(
        "ContestPipeline console",
        "What operators do at the console's pages, for programs: replays, parked messages, records of topics, signing in. "
            + "Times are UTC (RFC 3339). A field without a value is left out. Refusals are problem details (RFC 9457). Who "
            + "gives an order is whom the token names.",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["replayId"] = "The replay.", ["retryId"] = "The operation.", ["plan"] = "Only those of the plan with this hash.",
            ["after"] = "Where the page before ended: what it gives as next.", ["topic"] = "Without TOPIC_PREFIX.",
            ["partition"] = "Only this one.", ["offset"] = "From this offset on; with a partition.",
            ["from"] = "Written then or later, UTC.", ["to"] = "Written before, UTC.", ["key"] = "Only with this key.",
            ["text"] = "Only with this text in the body or a header.",
        }, Path);

    public static void Map(WebApplication app, ConsoleOptions options)
    {
        if (options.ApiTokens is null)
        {
            app.MapFallback($"{Path}/{{*path}}", () => ApiProblem.Of(
                StatusCodes.Status503ServiceUnavailable, "Not here", "PAYOUT_JWT_KEY is not set: no bearer can be believed."))
                .AllowAnonymous();
            return;
        }

        app.MapGet(OpenApiDescription.Path, async (CancellationToken ct) =>
            Results.Text((await OpenApiDescription.Describe(app.Services, ct)).ToJsonString(), "application/json"))
            .AllowAnonymous();
        var ops = app.MapGroup(Path);
        ops.ProducesCommonRefusals();
        SignInApi.Map(ops, options);
        ops.RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = TokenScheme.Either });
        ReplayApi.Map(ops);
        FailureApi.Map(ops);
        MessageApi.Map(ops);
        ops.MapFallback("/{*path}", (HttpContext context) => ApiProblem.NotFound($"route {context.Request.Path}")).ForStaff();
    }
}
