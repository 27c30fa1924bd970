using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout;

/// <summary>The pages that links in notices lead to. The signed token is the only thing that opens them.</summary>
public static class OnboardingPages
{
    public static void Map(IEndpointRouteBuilder app, IServiceProvider worker)
    {
        if (worker.GetRequiredService<OnboardingOptions>().PublicUrl is null) return;
        var desk = worker.GetRequiredService<OnboardingDesk>();
        app.MapGet("/onboarding/return", async (string token, HttpContext http) => Page(await desk.ComeBack(token, http.RequestAborted), http)).AllowAnonymous();
        app.MapGet("/onboarding/refresh", async (string token, HttpContext http) => Page(await desk.Visit(token, http.RequestAborted), http)).AllowAnonymous();
        app.MapGet("/onboarding/{token}", async (string token, HttpContext http) => Page(await desk.Visit(token, http.RequestAborted), http)).AllowAnonymous();
    }

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
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>"
            + $"<h1>{title}</h1><p>{WebUtility.HtmlEncode(say.Text)}</p></html>",
            "text/html", statusCode: say.Status);
    }
}
