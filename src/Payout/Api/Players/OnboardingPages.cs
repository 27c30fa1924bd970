using System.Net;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>The pages that links in notices lead to. The signed token is the only thing that opens them.</summary>
public static class OnboardingPages
{
    public static void Map(IEndpointRouteBuilder app, IServiceProvider worker)
    {
        if (worker.GetRequiredService<OnboardingOptions>().PublicUrl is null) return;
        var desk = worker.GetRequiredService<OnboardingService>();
        app.MapGet("/onboarding/return",
            async (string token, HttpContext http) => Page(await desk.ComeBack(token, http.RequestAborted), http))
            .AllowAnonymous()
            .WithSummary("Where Stripe sends players back to; the account is read again.").ProducesPage(200, "Thanks.");
        app.MapGet("/onboarding/refresh",
            async (string token, HttpContext http) => Page(await desk.Visit(token, http.RequestAborted), http)).AllowAnonymous()
            .WithSummary("Where Stripe sends players whose link was used up.").Visited();
        app.MapGet("/onboarding/{token}",
            async (string token, HttpContext http) => Page(await desk.Visit(token, http.RequestAborted), http)).AllowAnonymous()
            .WithSummary("The link in notices.").Visited();
    }

    private static RouteHandlerBuilder Visited(this RouteHandlerBuilder route) => route
        .ProducesPage(200, "There is nothing left to do.").ProducesRedirect("On to Stripe, by an address of this visit alone.")
        .ProducesPage(403, "The link was altered.")
        .ProducesPage(410, "The link has expired.").ProducesPage(503, "In a moment.");

    private static IResult Page(DeskAnswer answer, HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (answer is DeskAnswer.GoTo go)
        {
            http.Response.Headers.Location = go.Url;
            return Results.StatusCode(StatusCodes.Status303SeeOther);
        }

        var say = (DeskAnswer.Say)answer;
        if (say.Status == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "60";
        var title = WebUtility.HtmlEncode(say.Title);
        return Results.Text(
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
                + $"content=\"width=device-width\"><title>{title}</title>"
            + $"<h1>{title}</h1><p>{WebUtility.HtmlEncode(say.Text)}</p></html>",
            "text/html", statusCode: say.Status);
    }
}
