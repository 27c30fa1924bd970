using System.Text.Unicode;

namespace ContestPipeline.Plumbing;

/// <summary>Bodies of records as they are shown: as text where they are text.</summary>
public static class RecordBody
{
    /// <returns>Base64 of a body that is no UTF-8 text; null: it is text.</returns>
    public static string? Base64(ReadOnlySpan<byte> body) => Utf8.IsValid(body) ? null : Convert.ToBase64String(body);
}
