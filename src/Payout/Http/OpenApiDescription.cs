using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace ContestPipeline.Payout.Http;

/// <summary>
/// The OpenAPI document, which Microsoft.AspNetCore.OpenApi makes from the mapped routes. Added here: ids, roles, the order,
/// units of fields and what parameters mean.
/// </summary>
public static partial class OpenApiDescription
{
    public const string Name = "v1";
    public const string Path = $"/openapi/{Name}.json";
    private const string Bearer = "bearer";

    private const string About =
        "Payments, payouts, players' winnings and the books of the contest pipeline. Amounts are whole minor units of their "
            + "currency (cents of usd) and end in Minor; "
        + "currencies are ISO 4217 in lower case; times are UTC (RFC 3339). A field without a value is left out. Refusals are "
        + "problem details (RFC 9457): what was "
        + "expected, what came, what to do. No route takes an amount or a recipient of a payout.";

    private static readonly Dictionary<string, string> s_parameters = new(StringComparer.Ordinal)
    {
        ["payoutId"] = "The payout.", ["contestId"] = "The contest; a slash in an id is escaped.",
        ["requestId"] = "What the caller chose when it asked; a slash is escaped.",
        ["currency"] = "ISO 4217, lower case.",
        ["entryId"] = "The entry; a slash in an id is escaped.",
        ["playerId"] = "The player; where players may ask, me is the caller.", ["year"] = "The calendar year, UTC.",
        ["token"] = "Signed and short-lived, as it stands in the link.",
        ["state"] = "Only those in this state.", ["contest"] = "Only those of this contest.",
        ["player"] = "Only those of this player.",
        ["payout"] = "Only those of this payout.", ["actor"] = "Only what this person or part did.",
        ["after"] = "Where the page before ended: what it gives as next.",
        ["before"] = "Only those before this time, UTC (RFC 3339).", ["limit"] = "How many at most.",
        ["all"] = "Also those below the threshold, or those that are over.", ["haltNo"] = "The halt's number.",
        ["sha256"] = "Of the file's bytes, lower-case hex.",
        ["from"] = "The first month, such as 2026-01.", ["to"] = "The last month, such as 2026-12.",
    };

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) => Done(() => Complete(document)));
        options.AddOperationTransformer((operation, context, _) => Done(() => Complete(operation, context)));
        options.AddSchemaTransformer((schema, context, _) => Done(() => Complete(schema, context)));
    });

    /// <summary>The document of everything that is mapped in a host.</summary>
    /// <param name="services">Of the host.</param>
    public static async Task<JsonObject> Describe(IServiceProvider services, CancellationToken ct)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(ct);
        return JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct))!.AsObject();
    }

    /// <summary>Those that open a route; none: it is open to everyone.</summary>
    internal static IReadOnlyList<string> RolesOf(IEnumerable<object> metadata) =>
        [.. metadata.OfType<AuthorizeAttribute>().SelectMany(authorize => (authorize.Roles ?? "").Split(','))];

    /// <summary>Without constraints: <c>{year:int}</c> is <c>{year}</c>.</summary>
    public static string PathOf(string? pattern) => "/" + Constraint().Replace(pattern ?? "", "{$1}").TrimStart('/');

    private static void Complete(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo { Title = "ContestPipeline Payout", Version = "1", Description = About };
        document.Servers = [new OpenApiServer { Url = "/" }];
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(p => p.Key, StringComparer.Ordinal)) paths.Add(path, item);
        document.Paths = paths;
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas = new SortedDictionary<string, IOpenApiSchema>(
            document.Components.Schemas ?? new Dictionary<string, IOpenApiSchema>(), StringComparer.Ordinal);
        document.AddComponent(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT",
            Description = "HS256, or RS, PS or ES of an authority, with iss, aud, sub, exp and roles: player, viewer, operator, "
                + "approver.",
        });
    }

    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var path = PathOf(context.Description.RelativePath);
        var roles = RolesOf(context.Description.ActionDescriptor.EndpointMetadata);
        operation.OperationId = OperationId(context.Description.HttpMethod!, path);
        operation.Description = roles.Count == 0 ? "Open to everyone." : $"Roles: {string.Join(", ", roles)}.";
        operation.Tags = new HashSet<OpenApiTagReference> { new(Words(path).FirstOrDefault() ?? "", context.Document) };
        operation.Security = roles.Count == 0
            ? [] : [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        foreach (var parameter in operation.Parameters ?? [])
            parameter.Description = s_parameters.GetValueOrDefault(parameter.Name!);
        Describe(operation.Responses ??= [], context.Description.ActionDescriptor.EndpointMetadata);
    }

    /// <summary>The sentence of each answer; one without a body is not in the document yet.</summary>
    private static void Describe(OpenApiResponses responses, IEnumerable<object> metadata)
    {
        foreach (var answer in metadata.OfType<ProducesResponseTypeMetadata>())
        {
            var status = answer.StatusCode.ToString(CultureInfo.InvariantCulture);
            if (responses.TryGetValue(status, out var response)) response.Description = answer.Description;
            else responses.Add(status, new OpenApiResponse { Description = answer.Description });
        }
    }

    /// <summary>
    /// Units and words, which no type says; what may be null is left out when it is, and so not required; answers may get further
    /// fields.
    /// </summary>
    private static void Complete(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        foreach (var property in context.JsonTypeInfo.Properties.Where(property => property.IsGetNullable))
            schema.Required?.Remove(property.Name);
        if (context.JsonTypeInfo.Type == typeof(object)) schema.Type = JsonSchemaType.Object;
        if (context.ParameterDescription is null) schema.AdditionalPropertiesAllowed = true;
        if (context.JsonPropertyInfo is not { } field) return;
        if (Unit(field.Name, field.PropertyType) is { } unit) schema.Description = unit;
        var rules = field.AssociatedParameter?.AttributeProvider?.GetCustomAttributes(typeof(OneOfAttribute), false);
        if (rules is [OneOfAttribute words])
            schema.Enum = [.. words.Words.Select(word => (JsonNode)word)];
    }

    private static string? Unit(string name, Type type) =>
        name.EndsWith("Minor", StringComparison.Ordinal) ? "Whole minor units of the currency (cents of usd)."
        : name == "changeMinorPerDay" ? "Whole minor units of the currency a day."
        : (Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset) ? "UTC, RFC 3339."
        : name == "currency" ? "ISO 4217, lower case."
        : null;

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    /// <summary><c>GET /v1/payouts/{payoutId}</c> is <c>getPayoutsByPayoutId</c>.</summary>
    private static string OperationId(string method, string path) => method.ToLowerInvariant() + string.Concat(
        Words(path).Select(w => w.StartsWith('{')
            ? "By" + Capital(w.Trim('{', '}')) : string.Concat(w.Split('-', '.').Select(Capital))));

    private static IEnumerable<string> Words(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where((w, n) => n > 0 || w != "v1");

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    [GeneratedRegex(@"\{(\w+)(?::[^}]*)?\}")]
    private static partial Regex Constraint();
}
