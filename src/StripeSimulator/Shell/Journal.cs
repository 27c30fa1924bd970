using System.Text;
using System.Text.Json;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.StripeSimulator.Shell;

/// <summary>One request that may have changed something, with what befell it.</summary>
public sealed record JournalEntry(SimRequest Request, Fault? Fault);

/// <summary>
/// Every request that changed something, on disk before it is answered. A killed simulator forgets nothing it has said or done.
/// </summary>
public sealed class Journal : IDisposable
{
    private readonly FileStream file;

    /// <summary>
    /// Opens the file for this process alone and cuts off a last line that was never finished: nobody was told of it.
    /// </summary>
    public Journal(string path)
    {
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        Entries = Read();
        file.SetLength(file.Position);
    }

    /// <summary>What earlier runs wrote.</summary>
    public IReadOnlyList<JournalEntry> Entries { get; }

    public void Append(SimRequest request, Fault? fault)
    {
        // The key is not kept: replaying needs none, and a file is no place for one.
        var line = JsonSerializer.SerializeToUtf8Bytes(new JournalEntry(request with { ApiKey = null }, fault));
        file.Write([.. line, (byte)'\n']);
        file.Flush(flushToDisk: true);
    }

    public void Dispose() => file.Dispose();

    private List<JournalEntry> Read()
    {
        var entries = new List<JournalEntry>();
        var text = new byte[file.Length];
        file.ReadExactly(text);
        var start = 0;
        for (var end = Array.IndexOf(text, (byte)'\n'); end >= 0; end = Array.IndexOf(text, (byte)'\n', start))
        {
            var line = text.AsSpan(start, end - start);
            entries.Add(JsonSerializer.Deserialize<JournalEntry>(line)
                ?? throw new InvalidDataException(
                    $"the journal holds no request in line {entries.Count + 1}: {Encoding.UTF8.GetString(line)}"));
            start = end + 1;
        }

        file.Position = start;
        return entries;
    }
}
