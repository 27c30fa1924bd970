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

/// <summary>What a document says of its interface that no route says.</summary>
/// <param name="Parameters">What each means, by name.</param>
/// <param name="Below">Only routes whose path begins so are described.</param>
public sealed record ApiDocument(
    string Title, string About, IReadOnlyDictionary<string, string> Parameters, string Below = "/");

/// <summary>Parameters of a query that its route reads by itself: text, each of them optional.</summary>
public sealed record QueryNames(params string[] Names);

/// <summary>
/// The OpenAPI document, which Microsoft.AspNetCore.OpenApi makes from the mapped routes. Added here: ids, roles, the order,
/// units of fields and what parameters mean.
/// </summary>
public static partial class OpenApiDescription
{
    public const string Name = "v1";
    public const string Path = $"/openapi/{Name}.json";
    private const string Bearer = "bearer";

    public static void AddApiDescription(this IServiceCollection services, ApiDocument about) => services.AddOpenApi(Name,
        options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = route => PathOf(route.RelativePath).StartsWith(about.Below, StringComparison.Ordinal);
        options.AddDocumentTransformer((document, _, _) => Done(() => Complete(document, about)));
        options.AddOperationTransformer((operation, context, _) => Done(() => Complete(operation, context, about)));
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
        [.. metadata.OfType<AuthorizeAttribute>()
            .SelectMany(authorize => (authorize.Roles ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Without constraints: <c>{year:int}</c> is <c>{year}</c>.</summary>
    public static string PathOf(string? pattern) => "/" + Constraint().Replace(pattern ?? "", "{$1}").TrimStart('/');

    private static void Complete(OpenApiDocument document, ApiDocument about)
    {
        document.Info = new OpenApiInfo { Title = about.Title, Version = "1", Description = about.About };
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

    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, ApiDocument about)
    {
        var path = PathOf(context.Description.RelativePath);
        var roles = RolesOf(context.Description.ActionDescriptor.EndpointMetadata);
        operation.OperationId = OperationId(context.Description.HttpMethod!, path);
        operation.Description = roles.Count == 0 ? "Open to everyone." : $"Roles: {string.Join(", ", roles)}.";
        operation.Tags = new HashSet<OpenApiTagReference> { new(Words(path).FirstOrDefault() ?? "", context.Document) };
        operation.Security = roles.Count == 0
            ? [] : [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        foreach (var name in context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryNames>().SelectMany(q => q.Names))
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name, In = ParameterLocation.Query, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            parameter.Description = about.Parameters.GetValueOrDefault(parameter.Name!);
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
