using System.Text.Json;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>What was handed in as a proof, as people read it.</summary>
/// <param name="Text">In the player's words.</param>
/// <param name="Files">Each in one line.</param>
public sealed record ProofWords(string Text, IReadOnlyList<string> Files)
{
    public const int StartCharsMax = 80;

    /// <summary>The first words, in one line.</summary>
    public string Start
    {
        get
        {
            var line = string.Join(' ', Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            if (line.Length == 0) return Files.Count == 1 ? "one file" : $"{Files.Count} files";
            if (line.Length <= StartCharsMax) return line;
            return line[..(char.IsHighSurrogate(line[StartCharsMax - 1]) ? StartCharsMax - 1 : StartCharsMax)] + "…";
        }
    }

    /// <param name="content">As it is stored, JSON.</param>
    /// <returns>Null: it was erased.</returns>
    public static ProofWords? Of(string content)
    {
        if (content.Length == 0) return null;
        using var read = JsonDocument.Parse(content);
        var files = read.RootElement.TryGetProperty("files", out var named) ? named.EnumerateArray().Select(FileOf) : [];
        return new ProofWords(read.RootElement.GetProperty("text").GetString()!, [.. files]);
    }

    private static string FileOf(JsonElement file) =>
        $"{file.GetProperty("sha256").GetString()}, {file.GetProperty("mediaType").GetString()}, "
            + $"{Written.Number(file.GetProperty("bytes").GetInt64())} bytes";
}
