using System.Globalization;
using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The JSON of an operator's command. What has the wrong type counts as absent.</summary>
internal readonly record struct AdminBody(JsonElement Json)
{
    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public long? Whole(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value
        && long.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? whole
            : null;

    public bool IsTrue(string name) => Find(name) is { ValueKind: JsonValueKind.True };

    public IReadOnlyList<string>? Texts(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(item => item.ToString())] : null;

    private JsonElement? Find(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) ? value : null;
}
