using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ContestPipeline.Payout.Http;

/// <summary>What a route is for, in one sentence.</summary>
public sealed record RouteSummary(string Text);

/// <summary>One way a route can answer.</summary>
/// <param name="Body">Null: the answer is a page, or empty.</param>
/// <param name="MediaType">Null: the answer has no body.</param>
public sealed record RouteAnswer(int Status, string What, Type? Body, string? MediaType);

/// <summary>
/// What routes say about themselves beyond their signature and their roles. The OpenAPI document is made from all of it.
/// </summary>
public static class ApiWords
{
    private const string Json = "application/json";

    public static T Says<T>(this T route, string summary) where T : IEndpointConventionBuilder =>
        route.WithMetadata(new RouteSummary(summary));

    /// <summary>A success whose body is <typeparamref name="TBody"/> as <see cref="ApiAnswer"/> writes it.</summary>
    public static RouteHandlerBuilder Answers<TBody>(
        this RouteHandlerBuilder route, string what, int status = StatusCodes.Status200OK) =>
        route.WithMetadata(new RouteAnswer(status, what, typeof(TBody), Json));

    public static RouteHandlerBuilder AnswersPage(this RouteHandlerBuilder route, int status, string what) =>
        route.WithMetadata(new RouteAnswer(status, what, null, "text/html"));

    public static RouteHandlerBuilder SendsOn(this RouteHandlerBuilder route, string what) =>
        route.WithMetadata(new RouteAnswer(StatusCodes.Status303SeeOther, what, null, null));

    /// <summary>Problem details. Those that every route may give (401, 403, 429, 500) need not be said.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, int status, string what) =>
        route.WithMetadata(new RouteAnswer(status, what, typeof(Problem), ApiProblem.MediaType));
}

/// <summary>Problem details (RFC 9457) as every refusal has them.</summary>
/// <param name="Type">A page about the status.</param>
/// <param name="Detail">What was expected, what came, what to do.</param>
/// <param name="TraceId">By which the request is found in the logs.</param>
public sealed record Problem(string? Type, string Title, int Status, string? Detail, string? TraceId);
