using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using ContestPipeline.Contestctl;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Tidy;

/// <summary>What every command of contestctl answers with <c>--json</c>, as the commands themselves declare it.</summary>
internal static class CommandAnswers
{
    public static JsonObject Document()
    {
        var answers = new JsonObject();
        foreach (var (name, answer) in All()) answers[name] = Schema(answer);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "What contestctl writes to stdout with --json, by command; a member that is null is left out",
            ["$defs"] = answers,
        };
    }

    /// <summary>Commands by their words, and their option.</summary>
    internal static IEnumerable<(string Name, JsonOption Answer)> All()
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = "test" }).Build();
        return Of(CommandLine.Root(new Session(settings, TimeProvider.System)), "").OrderBy(a => a.Name, StringComparer.Ordinal);
    }

    /// <summary>Where a route of Payout's interface is described in the document that describes it.</summary>
    internal static string Place(string route)
    {
        var words = route.Split(' ');
        var (method, path, status) = (words[0].ToLowerInvariant(), words[1], words.Length > 2 ? words[2] : "200");
        return $"/paths/{path.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}/{method}/responses/{status}/content/application~1json/schema";
    }

    private static JsonNode Schema(JsonOption answer)
    {
        if (answer.Routes.Count == 0)
        {
            return Output.Json.GetJsonSchemaAsNode(
                answer.Answer,
                new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true,
                    TransformSchemaNode = (_, node) => WithoutNulls(node) });
        }

        JsonNode[] places = [.. answer.Routes.Select(route => new JsonObject { ["$ref"] = $"openapi.json#{Place(route)}" })];
        return places is [var one] ? one : new JsonObject { ["anyOf"] = new JsonArray(places) };
    }

    /// <summary>Null is not written, so a member that may be null may be missing.</summary>
    private static JsonNode WithoutNulls(JsonNode schema)
    {
        if (schema is not JsonObject parts || parts["required"] is not JsonArray required) return schema;
        foreach (var name in required.ToArray())
        {
            var member = parts["properties"]![name!.GetValue<string>()];
            if (member is JsonObject described
                && (described["type"] is not JsonArray types || types.All(t => t!.GetValue<string>() != "null"))) continue;
            required.Remove(name);
        }

        if (required.Count == 0) parts.Remove("required");
        return schema;
    }

    private static IEnumerable<(string Name, JsonOption Answer)> Of(Command command, string path) =>
        command.Options.OfType<JsonOption>().Select(option => (path, option))
            .Concat(command.Subcommands.SelectMany(c => Of(c, $"{path} {c.Name}".Trim())));
}
