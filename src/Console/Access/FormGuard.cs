using Microsoft.AspNetCore.Antiforgery;

namespace ContestPipeline.WebConsole.Access;

/// <summary>Lets a form through only from a page of ours, with the token that the page gave it.</summary>
internal static class FormGuard
{
    public static RouteHandlerBuilder Guarded(this RouteHandlerBuilder route) => route.DisableAntiforgery().AddEndpointFilter(
        async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var isOurs = IsOurs(context.Request)
                && await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context);
            if (isOurs) return await next(invocation);
            await Troubles.Show(context, StatusCodes.Status400BadRequest, "Not from a page of this console",
                "The form has no valid token: it is too old, you signed in anew, or another site sent it. Nothing was done. Load the "
                    + "page again and repeat.");
            return Results.Empty;
        });

    /// <summary>Browsers say from which site a form comes; what says nothing is judged by its token alone.</summary>
    private static bool IsOurs(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        string? origin = request.Headers.Origin;
        return site is null or "same-origin" or "none"
            && (origin is null || Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);
    }
}
