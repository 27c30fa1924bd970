using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Plumbing;
using ContestPipeline.Unit.Payout;
using ContestPipeline.WebConsole;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// The documents that are made from the contracts and checked in, so that a change to a message shows in review.
/// </summary>
internal static class ContractDocuments
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Path in the repository and content of every one of them.</summary>
    public static IEnumerable<(string Path, string Content)> All()
    {
        foreach (var type in Types)
        {
            var name = WireTypes.Of(type).Name;
            yield return ($"tests/Golden/{name}.json", Indented(WireSamples.Of(type)));
            if (WireSamples.LeastOf(type) is { } least)
                yield return ($"tests/Golden/{name}{LeastSuffix}", Indented(least));
            yield return ($"src/Contracts/Schemas/{name}.json", Schema(type));
        }

        yield return (HeadersSchema, Schema(typeof(StripeWebhookHeaders)));
        yield return ("src/Contracts/Schemas/rule-set.json", FileSchema(typeof(RuleSet)));
        yield return ("src/Contracts/asyncapi.yaml", AsyncApi());
        yield return ("docs/contestctl.schema.json", CommandAnswers.Document().ToJsonString(s_indented) + "\n");
        yield return ("docs/settings.md", SettingsPage.Text());
        yield return ("docs/openapi.json", MappedApi.Document().GetAwaiter().GetResult().ToJsonString(s_indented) + "\n");
        yield return ("docs/openapi-ops.json", OpsDocument().GetAwaiter().GetResult().ToJsonString(s_indented) + "\n");
    }

    /// <summary>The operators' API of the console, in the test environment, which has all routes.</summary>
    private static async Task<JsonObject> OpsDocument()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["CONSOLE_HTTP_URL"] = "0", ["CONSOLE_DATABASE"] = "Host=none",
            ["PAYOUT_JWT_KEY"] = "a key of at least thirty-two bytes",
        }).Build();
        await using var console = new ConsoleServer(settings, TimeProvider.System, NullLoggerFactory.Instance);
        return await console.Describe();
    }

    /// <summary>Of the one message whose headers carry more than CloudEvents asks for.</summary>
    private const string HeadersSchema = "src/Contracts/Schemas/stripe.event.headers.json";

    /// <summary>How the golden file of a message ends that says nothing that it may leave out.</summary>
    public const string LeastSuffix = ".least.json";

    public static IReadOnlyList<Type> Types { get; } =
        [.. WireTypes.All.OrderBy(t => WireTypes.Of(t).Name, StringComparer.Ordinal)];

    private static string Indented(object message) => JsonNode.Parse(WireJson.Bytes(message))!.ToJsonString(s_indented) + "\n";

    private static string Schema(Type type) =>
        WireSchemas.Of(type, Sample(type)).ToJsonString(s_indented) + "\n";

    /// <summary>Of a file, which is read strictly: a member that there is not is a mistake.</summary>
    private static string FileSchema(Type type)
    {
        var schema = WireSchemas.Of(type);
        Close(schema);
        return schema.ToJsonString(s_indented) + "\n";
    }

    private static void Close(JsonNode? node)
    {
        if (node is JsonArray array)
            foreach (var item in array) Close(item);
        if (node is not JsonObject schema) return;
        foreach (var (_, member) in schema.ToArray()) Close(member);
        if (schema["properties"] is JsonObject && schema.ContainsKey("type")) schema["additionalProperties"] = false;
    }

    /// <summary>Null: headers are no message.</summary>
    private static JsonNode? Sample(Type type) =>
        Types.Contains(type) ? JsonNode.Parse(WireJson.Bytes(WireSamples.Of(type))) : null;

    /// <summary>
    /// AsyncAPI 3: a channel per topic, who sends to it, which worker receives what of it; written by hand because a YAML library
    /// would be needed for nothing else.
    /// </summary>
    private static string AsyncApi()
    {
        var yaml = new StringBuilder(
            """
            # Made from the contracts by scripts/contracts; a test fails when it is stale.
            asyncapi: 3.0.0
            info:
              title: ContestPipeline
              version: "1"
              description: JSON bodies with CloudEvents 1.0 binary-mode headers (ce_id, ce_type, ce_source, ce_time, traceparent). A member that may be null is left out; null means the same.
            defaultContentType: application/json
            channels:

            """);
        foreach (var topic in Topics.All)
        {
            yaml.Append(
                $"  {topic.Name}:\n    address: {topic.Name}\n    bindings:\n      kafka:\n        partitions: "
                    + $"{topic.Partitions}\n");
            yaml.Append("        topicConfiguration:\n");
            yaml.Append(topic.Compacted
                ? "          cleanup.policy: [compact]\n"
                : $"          cleanup.policy: [delete]\n          retention.ms: {topic.RetentionDays * 86_400_000L}\n");
            yaml.Append($"          max.message.bytes: {topic.MaxMessageBytes}\n    messages:\n");
            foreach (var name in NamesOn(topic)) yaml.Append($"      {name}:\n        $ref: '#/components/messages/{name}'\n");
        }

        yaml.Append("operations:\n");
        foreach (var topic in Topics.All)
        {
            yaml.Append($"  {topic.Name}:\n    action: send\n    channel:\n      $ref: '#/channels/{topic.Name}'\n");
        }

        foreach (var received in Subscriptions().GroupBy(s => (s.Worker, s.Topic)))
        {
            yaml.Append(
                $"  {received.Key.Worker}.receives.{received.Key.Topic}:\n    action: receive\n    channel:\n      $ref: "
                    + $"'#/channels/{received.Key.Topic}'\n");
            if (received.Any(s => s.Message is null)) continue;
            yaml.Append("    messages:\n");
            foreach (var name in received.Select(s => s.Message).Distinct().Order(StringComparer.Ordinal))
                yaml.Append($"      - $ref: '#/channels/{received.Key.Topic}/messages/{name}'\n");
        }

        yaml.Append("components:\n  messages:\n");
        foreach (var name in Types.Select(t => WireTypes.Of(t).Name))
        {
            yaml.Append($"    {name}:\n      name: {name}\n");
            if (name == WireTypes.Of(typeof(StripeEventV1)).Name)
                yaml.Append("      headers:\n        $ref: Schemas/stripe.event.headers.json\n");
            yaml.Append($"      payload:\n        $ref: Schemas/{name}.json\n");
        }

        return yaml.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>As the workers themselves declare them.</summary>
    private static IEnumerable<Subscription> Subscriptions()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            Workers.All.Select(w => KeyValuePair.Create(Settings.DatabaseSetting(w.Name), (string?)"Host=none")).Concat(
        [
            new("PIPELINE_ENVIRONMENT", "test"), new("KAFKA_BOOTSTRAP_SERVERS", "none:1"), new("STRIPE_API_KEY", "sk_test_none"),
        ]));
        foreach (var worker in Workers.All) worker.Add(builder);
        return builder.Services.Select(s => s.ImplementationInstance).OfType<Subscription>()
            .OrderBy(s => s.Worker, StringComparer.Ordinal).ThenBy(s => s.Topic, StringComparer.Ordinal);
    }

    private static IEnumerable<string> NamesOn(TopicSpec topic) =>
        topic.Name.EndsWith(".rejected", StringComparison.Ordinal)
            ? [WireTypes.Of(typeof(RejectedV1)).Name]
            : Types.Select(WireTypes.Of).Where(w => w.Topic == topic.Name).Select(w => w.Name);
}
