using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ContestPipeline.Payout.Http;

/// <summary>
/// How a route answers, with a sentence about each answer, which the platform's own Produces and ProducesProblem do not take.
/// </summary>
public static class ApiResponses
{
    /// <summary>A success whose body is <typeparamref name="TBody"/> as <see cref="ApiAnswer"/> writes it.</summary>
    public static RouteHandlerBuilder ProducesAnswer<TBody>(
        this RouteHandlerBuilder route, string what, int status = StatusCodes.Status200OK) =>
        route.WithMetadata(Response(status, what, typeof(TBody), "application/json"));

    /// <summary>Bytes as they were put here, of one of the types.</summary>
    public static RouteHandlerBuilder ProducesFile(this RouteHandlerBuilder route, string what, string[] mediaTypes) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Stream), mediaTypes)
            { Description = what });

    /// <summary>A page for people.</summary>
    public static RouteHandlerBuilder ProducesPage(this RouteHandlerBuilder route, int status, string what) =>
        route.WithMetadata(Response(status, what, typeof(string), "text/html"));

    /// <summary>303, with an address and without a body.</summary>
    public static RouteHandlerBuilder ProducesRedirect(this RouteHandlerBuilder route, string what) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status303SeeOther) { Description = what });

    /// <summary>Problem details. Those of <see cref="ProducesCommonRefusals{T}"/> need not be said.</summary>
    public static RouteHandlerBuilder ProducesRefusal(this RouteHandlerBuilder route, int status, string what) =>
        route.WithMetadata(Refusal(status, what));

    /// <summary>What every route may answer, unless it says otherwise: 429, 500, 503, and with roles 401 and 403.</summary>
    public static void ProducesCommonRefusals<T>(this T routes) where T : IEndpointConventionBuilder => routes.Finally(route =>
    {
        if (OpenApiDescription.RolesOf(route.Metadata).Count > 0)
        {
            Add(401, "No bearer token, or one that is not believed.");
            Add(403, "The token's roles do not open this route, or not for this.");
        }

        Add(429, "Too many requests of this caller; Retry-After says when to come again.");
        Add(500, "Our fault; nothing was changed.");
        Add(503, "The database does not answer; Retry-After says when to come again.");

        void Add(int status, string what)
        {
            if (route.Metadata.OfType<ProducesResponseTypeMetadata>().All(response => response.StatusCode != status))
                route.Metadata.Add(Refusal(status, what));
        }
    });

    private static ProducesResponseTypeMetadata Refusal(int status, string what) =>
        Response(status, what, typeof(Problem), ApiProblem.MediaType);

    private static ProducesResponseTypeMetadata Response(int status, string what, Type body, string mediaType) =>
        new(status, body, [mediaType]) { Description = what };
}

/// <summary>Problem details (RFC 9457) as every refusal has them.</summary>
/// <param name="Type">A page about the status.</param>
/// <param name="Detail">What was expected, what came, what to do.</param>
/// <param name="TraceId">By which the request is found in the logs.</param>
public sealed record Problem(string? Type, string Title, int Status, string? Detail, string? TraceId);
