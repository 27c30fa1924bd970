using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Contracts;

/// <summary>Whoever wrote a document is told of it in its words, never by the name of a type of this program.</summary>
public sealed class JsonFaultTests
{
    private const string Box =
        """{"gameId":"g","sequence":1,"coveredStats":[],"lines":[],"providerTime":"2026-11-01T18:00:00Z"}""";

    [Theory]
    [InlineData("\"sequence\":1", "\"sequence\":\"1\"", "$.sequence: expected a whole number within its range")]
    [InlineData("\"sequence\":1", "\"sequence\":1.5", "$.sequence: expected a whole number within its range")]
    [InlineData("\"coveredStats\":[]", "\"coveredStats\":7", "$.coveredStats: expected a list")]
    [InlineData("\"lines\":[]", "\"lines\":[3]", "$.lines[0]: expected an object")]
    [InlineData("\"gameId\":\"g\"", "\"gameId\":3", "$.gameId: expected text")]
    [InlineData("\"gameId\":\"g\"", "\"gameId\":null", "$.gameId: 'gameId' must not be null")]
    [InlineData("\"gameId\":\"g\",", "", "$: missing: 'gameId'")]
    [InlineData("2026-11-01T18:00:00Z", "soon", "$.providerTime: expected a time such as 2026-11-01T18:00:00Z")]
    [InlineData("\"lines\":[]", "\"lines\":[{\"athleteId\":\"a\",\"stats\":[]}]",
        "$.lines[0].stats: expected an object of names and values")]
    public void What_does_not_fit_is_named_without_a_type_of_the_program(string from, string to, string expected)
    {
        var body = Encoding.UTF8.GetBytes(Box.Replace(from, to, StringComparison.Ordinal));

        var said = JsonFault.Sentence(Assert.Throws<JsonException>(() => WireJson.Read<FeedBoxV1>(body)));

        Assert.Equal(expected, said);
    }

    [Fact]
    public void A_text_that_is_no_JSON_is_told_where_it_ends_to_be_some()
    {
        var said = JsonFault.Words(Assert.Throws<JsonException>(() => WireJson.Read<FeedBoxV1>("{\"gameId\" 3"u8)));

        Assert.StartsWith("'3' is invalid after a property name.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Failed to bind parameter \"Nullable<int> limit\" from \"many\".",
        "limit: expected a whole number within its range, got 'many'.")]
    [InlineData("Failed to bind parameter \"DateTimeOffset from\" from \"\".",
        "from: expected a time such as 2026-11-01T18:00:00Z, got ''.")]
    [InlineData("Required parameter \"string entry\" was not provided from query string.", "entry is missing.")]
    [InlineData("Unexpected end of request content.", "Unexpected end of request content.")]
    public void A_parameter_of_a_request_is_named_without_its_type(string said, string expected) =>
        Assert.Equal(expected, JsonFault.Parameter(said));

    [Fact]
    public void A_member_that_is_not_there_is_named()
    {
        var strict = new JsonSerializerOptions(WireJson.Options)
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        };
        var fault = Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize<FeedBoxV1>(Box.Replace("lines", "liens", StringComparison.Ordinal), strict));

        Assert.Equal("there is no member 'liens'", JsonFault.Words(fault));
    }
}
