using System.Text;
using System.Text.Json;
using ContestPipeline.Replay.Parking;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>Says which parked keys an operation is about.</summary>
public static class RetryWords
{
    public static string Of(ParkedRetry retry)
    {
        string[] parts = [.. ((string?[])[retry.Worker, retry.Topic, retry.Key, retry.Error]).OfType<string>()];
        return parts.Length == 0 ? "everything that was parked" : string.Join(' ', parts);
    }
}

/// <summary>A message's body as people read it.</summary>
public static class BodyText
{
    private const int CharsMax = 20_000;

    private static readonly JsonSerializerOptions s_pretty = new() { WriteIndented = true };

    /// <returns>Headers, a line each in the order of their names, and then the body.</returns>
    public static string Of(IReadOnlyDictionary<string, string> headers, byte[] body) => string.Join('\n',
        [.. headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {h.Value}"), "", Of(body)]);

    /// <returns>JSON in lines; what is none as it is, odd bytes replaced; cut off when it is long.</returns>
    public static string Of(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        try
        {
            using var json = JsonDocument.Parse(body);
            text = JsonSerializer.Serialize(json.RootElement, s_pretty);
        }
        catch (JsonException)
        {
            // Which may be why it is parked.
        }

        return text.Length <= CharsMax ? text : string.Concat(text.AsSpan(0, CharsMax), "…");
    }
}
