using ContestPipeline.Payout.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>Who the caller is, as the token says and Payout believes.</summary>
public sealed record WhoAnswer(string Subject, IReadOnlyList<string> Roles);

/// <summary>
/// Tells callers who they are: for tools that write down who did something and cannot check a token themselves.
/// </summary>
public static class WhoRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/me", (Caller caller) => ApiAnswer.Of(new WhoAnswer(caller.Subject, caller.Roles))).ForStaff()
            .WithSummary("Who the bearer of the token is.").ProducesAnswer<WhoAnswer>("Subject and roles.");
    }
}
