using System.Text.Json;
using ContestPipeline.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace ContestPipeline.Payout.Http;

/// <summary>Answers that are a success: JSON as on the wire, computed properties included.</summary>
public static class ApiAnswer
{
    /// <summary>How answers are written.</summary>
    public static JsonSerializerOptions Json { get; } = new(WireJson.Options) { IgnoreReadOnlyProperties = false };

    public static IResult Of(object answer, int status = StatusCodes.Status200OK) =>
        Results.Json(answer, Json, statusCode: status);
}

/// <summary>Answers that are no success, as problem details (RFC 9457): what was expected, what came, what to do.</summary>
public static class ApiProblem
{
    public const string MediaType = "application/problem+json";

    public static IResult NotFound(string what) =>
        Of(StatusCodes.Status404NotFound, "Not found", $"There is no {what}, or it is not yours to see.");

    /// <summary>The request is understood and cannot be done as things stand.</summary>
    public static IResult Conflict(string why) => Of(StatusCodes.Status409Conflict, "Not as things stand", why);

    public static IResult Invalid(string why) => Of(StatusCodes.Status400BadRequest, "Not understood", why);

    /// <summary>Of a list that goes on where a page ended.</summary>
    public static IResult NoPage(string? after) => Invalid($"after must be what the page before gave as next, not '{after}'.");

    /// <summary>The caller is known and may use the route, but not for this.</summary>
    public static IResult Forbidden(string why) => Of(StatusCodes.Status403Forbidden, "Not for you", why);

    public static IResult Of(int status, string title, string detail) =>
        Results.Problem(detail, statusCode: status, title: title);

    public static async Task Write(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(
            new ProblemDetails { Status = status, Title = title, Detail = detail }, JsonSerializerOptions.Web, MediaType,
            context.RequestAborted);
    }
}
