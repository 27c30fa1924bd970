using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// Published messages stay readable: golden files of every version, schemas and the AsyncAPI document are those of the code.
/// </summary>
/// <remarks>
/// <c>scripts/contracts</c> writes the documents anew (it sets <c>UPDATE_CONTRACTS</c>); what changed then shows in review.
/// </remarks>
public sealed class ContractTests
{
    private static bool Updating => Environment.GetEnvironmentVariable("UPDATE_CONTRACTS") == "1";

    public static TheoryData<string> WireNames => [.. ContractDocuments.Types.Select(t => WireTypes.Of(t).Name)];

    [Fact]
    public void Golden_files_schemas_and_asyncapi_are_those_of_the_code()
    {
        if (Updating) WriteAll();

        var stale = from document in ContractDocuments.All()
                    where !Source.Exists(document.Path) || Source.Read(document.Path).ReplaceLineEndings("\n") != document.Content
                    select $"{document.Path} is stale: run scripts/contracts and read the difference";

        Assert.Empty(stale);
    }

    [Fact]
    public void No_document_is_left_of_a_message_that_does_not_exist()
    {
        var expected = ContractDocuments.All().Select(d => d.Path).ToHashSet(StringComparer.Ordinal);

        var left = Source.Files("tests/Golden", ".json").Where(f => !f.Contains(".before-", StringComparison.Ordinal))
            .Concat(Source.Files("src/Contracts/Schemas", ".json")).Where(f => !expected.Contains(f));

        Assert.Empty(left);
    }

    [Theory]
    [MemberData(nameof(WireNames))]
    public void Every_golden_file_ever_written_is_still_read(string wireName)
    {
        var type = WireTypes.Find(wireName)!;
        var goldens = Source.Files("tests/Golden", ".json").Where(f => IsOf(f, wireName)).ToArray();

        Assert.NotEmpty(goldens);
        Assert.All(goldens, golden =>
        {
            var body = Encoding.UTF8.GetBytes(Source.Read(golden));
            var written = JsonNode.Parse(WireJson.Bytes(WireJson.Read(body, type)));
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), written), $"{golden} does not survive reading and writing");
        });
    }

    [Theory]
    [MemberData(nameof(WireNames))]
    public void A_message_without_one_of_its_required_fields_is_refused(string wireName)
    {
        var type = WireTypes.Find(wireName)!;
        var required = type.GetConstructors()[0].GetParameters().Where(p => !p.HasDefaultValue);

        Assert.All(required, parameter =>
        {
            var body = JsonNode.Parse(WireJson.Bytes(WireSamples.Of(type)))!.AsObject();
            Assert.True(body.Remove(JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!)), parameter.Name);
            if (IsNullable(parameter)) return; // null is not written, so it may be missing
            Assert.Throws<JsonException>(() => WireJson.Read(Encoding.UTF8.GetBytes(body.ToJsonString()), type));
        });
    }

    [Theory]
    [MemberData(nameof(WireNames))]
    public void A_schema_names_what_is_sent_requires_what_is_always_sent_and_describes_what_needs_words(string wireName)
    {
        var type = WireTypes.Find(wireName)!;
        var schema = WireSchemas.Of(type);
        var sent = JsonNode.Parse(WireJson.Bytes(WireSamples.Of(type)))!.AsObject();
        var always = JsonNode.Parse(WireJson.Bytes(WireSamples.LeastOf(type) ?? WireSamples.Of(type)))!.AsObject();

        Assert.Equal(sent.Select(m => m.Key), schema["properties"]!.AsObject().Select(m => m.Key));
        Assert.All(schema["required"]!.AsArray(), name => Assert.True(always.ContainsKey(name!.GetValue<string>())));
        Assert.All(type.GetConstructors()[0].GetParameters().Where(p => !p.HasDefaultValue && !IsNullable(p)),
            p => Assert.Contains(JsonNamingPolicy.CamelCase.ConvertName(p.Name!),
                schema["required"]!.AsArray().Select(n => n!.GetValue<string>())));
        Assert.False(string.IsNullOrEmpty(schema["description"]?.GetValue<string>()));
    }

    [Theory]
    [MemberData(nameof(WireNames))]
    public void A_message_with_a_field_of_a_later_version_is_read(string wireName)
    {
        var type = WireTypes.Find(wireName)!;
        var body = JsonNode.Parse(WireJson.Bytes(WireSamples.Of(type)))!.AsObject();
        body["aFieldOfTomorrow"] = 1;

        var read = WireJson.Read(Encoding.UTF8.GetBytes(body.ToJsonString()), type);

        Assert.Equal(WireJson.Bytes(WireSamples.Of(type)), WireJson.Bytes(read));
    }

    [Fact]
    public void Every_versioned_record_is_a_message_or_part_of_one()
    {
        var seen = new HashSet<Type>();
        foreach (var type in ContractDocuments.Types) Collect(type, seen);

        var versioned = typeof(WireTypes).Assembly.GetExportedTypes()
            .Where(t => !t.IsInterface && System.Text.RegularExpressions.Regex.IsMatch(t.Name, @"V\d+$"));

        Assert.Empty(versioned.Where(t => !seen.Contains(t))
            .Select(t => $"{t.Name} has no golden file and is part of no message that has one"));
    }

    [Fact]
    public void Every_message_travels_on_a_declared_topic() =>
        Assert.All(ContractDocuments.Types.Where(t => t != typeof(RejectedV1)), type => Topics.Find(WireTypes.Of(type).Topic));

    private static bool IsOf(string file, string wireName)
    {
        var name = Path.GetFileName(file);
        return name == wireName + ".json" || name == wireName + ContractDocuments.LeastSuffix
            || name.StartsWith(wireName + ".before-", StringComparison.Ordinal);
    }

    internal static bool IsNullable(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    private static void Collect(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        foreach (var argument in type.GenericTypeArguments) Collect(argument, seen);
        if (type.Assembly != typeof(WireTypes).Assembly || !seen.Add(type)) return;
        foreach (var parameter in type.GetConstructors().SelectMany(c => c.GetParameters()))
            Collect(parameter.ParameterType, seen);
    }

    private static void WriteAll()
    {
        foreach (var (path, content) in ContractDocuments.All())
        {
            var full = Source.Full(path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (!File.Exists(full) || File.ReadAllText(full) != content) File.WriteAllText(full, content);
        }
    }
}
