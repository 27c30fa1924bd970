using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>Folded values as the text columns hold them: the JSON of the wire.</summary>
public static class FoldedText
{
    public static string Of(object value) => Encoding.UTF8.GetString(WireJson.Bytes(value));

    /// <returns>Null for an empty column.</returns>
    public static T? Read<T>(string text) where T : class =>
        text.Length == 0 ? null : WireJson.Read<T>(Encoding.UTF8.GetBytes(text));
}
