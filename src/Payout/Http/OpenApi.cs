using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace ContestPipeline.Payout.Http;

/// <summary>
/// The OpenAPI document, made from the routes as they are mapped: their patterns, signatures, roles and words. So it cannot say
/// anything else.
/// </summary>
public static partial class OpenApi
{
    public const string Path = "/openapi/v1.json";

    private const string About =
        "Payments, payouts, players' winnings and the books of the contest pipeline. Amounts are whole minor units of their "
            + "currency (cents of usd) and end in Minor; "
        + "currencies are ISO 4217 in lower case; times are UTC (RFC 3339). A field without a value is left out. Refusals are "
        + "problem details (RFC 9457): what was "
        + "expected, what came, what to do. No route takes an amount or a recipient of a payout.";

    public static JsonObject Of(IEnumerable<RouteEndpoint> endpoints)
    {
        var schemas = new OpenApiSchemas();
        var paths = new JsonObject();
        foreach (var (path, endpoint) in endpoints.Select(e => (Path: PathOf(e), e)).OrderBy(p => p.Path, StringComparer.Ordinal))
        {
            if (paths[path] is not JsonObject methods) paths[path] = methods = [];
            foreach (var method in MethodsOf(endpoint))
                methods[method.ToLowerInvariant()] = Operation(method, path, endpoint, schemas);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "ContestPipeline Payout", ["version"] = "1", ["description"] = About },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject
                    {
                        ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT",
                        ["description"] =
                            "HS256, or RS, PS or ES of an authority, with iss, aud, sub, exp and roles: player, viewer, "
                                + "operator, approver.",
                    },
                },
                ["schemas"] = schemas.All(),
            },
        };
    }

    public static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];

    /// <summary>Without constraints: <c>{year:int}</c> is <c>{year}</c>.</summary>
    public static string PathOf(RouteEndpoint endpoint) => Constraint().Replace(endpoint.RoutePattern.RawText ?? "", "{$1}");

    private static JsonObject Operation(string method, string path, RouteEndpoint endpoint, OpenApiSchemas schemas)
    {
        var roles = endpoint.Metadata.GetOrderedMetadata<AuthorizeAttribute>().SelectMany(a => (a.Roles ?? "").Split(','))
            .ToArray();
        var operation = new JsonObject
        {
            ["operationId"] = OperationId(method, path),
            ["summary"] = endpoint.Metadata.GetMetadata<RouteSummary>()?.Text,
            ["description"] = roles.Length == 0 ? "Open to everyone." : $"Roles: {string.Join(", ", roles)}.",
            ["tags"] = new JsonArray(TagOf(path)),
            ["security"] = roles.Length == 0 ? [] : new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
        };
        var (parameters, body) = OpenApiParameters.Of(endpoint, path, schemas);
        if (parameters.Count > 0) operation["parameters"] = parameters;
        if (body is not null) operation["requestBody"] = body;
        operation["responses"] = Responses(endpoint, roles.Length > 0, schemas);
        return operation;
    }

    private static JsonObject Responses(RouteEndpoint endpoint, bool isClosed, OpenApiSchemas schemas)
    {
        var answers = endpoint.Metadata.GetOrderedMetadata<RouteAnswer>().ToList();
        if (isClosed)
        {
            AddProblem(401, "No bearer token, or one that is not believed.");
            AddProblem(403, "The token's roles do not open this route, or not for this.");
        }

        AddProblem(429, "Too many requests of this caller; Retry-After says when to come again.");
        AddProblem(500, "Our fault; nothing was changed.");
        AddProblem(503, "The database does not answer; Retry-After says when to come again.");
        var responses = new JsonObject();
        foreach (var answer in answers.GroupBy(a => a.Status).OrderBy(g => g.Key).Select(g => g.First()))
        {
            var response = new JsonObject { ["description"] = answer.What };
            if (answer.MediaType is { } media)
                response["content"] =
                    new JsonObject { [media] = new JsonObject { ["schema"] = answer.Body is { } body
                        ? schemas.Reference(body) : new JsonObject { ["type"] = "string" } } };
            responses[answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = response;
        }

        return responses;

        void AddProblem(int status, string what)
        {
            if (answers.All(a => a.Status != status))
                answers.Add(new RouteAnswer(status, what, typeof(Problem), ApiProblem.MediaType));
        }
    }

    /// <summary><c>GET /v1/payouts/{payoutId}</c> is <c>getPayoutsByPayoutId</c>.</summary>
    private static string OperationId(string method, string path) => method.ToLowerInvariant() + string.Concat(
        Words(path).Select(w => w.StartsWith('{')
            ? "By" + Capital(w.Trim('{', '}')) : string.Concat(w.Split('-', '.').Select(Capital))));

    private static string TagOf(string path) => Words(path).FirstOrDefault() ?? "";

    private static IEnumerable<string> Words(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where((w, n) => n > 0 || w != "v1");

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    [GeneratedRegex(@"\{(\w+)(?::[^}]*)?\}")]
    private static partial Regex Constraint();
}
