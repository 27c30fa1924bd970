using System.Text;

namespace ContestPipeline.Payout.Anchors;

/// <summary>
/// Where anchors are kept: outside the database, and best where what is written cannot be written again (WORM).
/// </summary>
public interface IAnchorStore
{
    /// <summary>For people: where it is.</summary>
    string Name { get; }

    /// <summary>All lines in order, of which the first <paramref name="known"/> need not be given.</summary>
    IAsyncEnumerable<string> ReadAfter(long known, CancellationToken ct);

    /// <summary>Returns when the line would survive a loss of power.</summary>
    /// <exception cref="IOException">It was not kept.</exception>
    Task Append(string line, CancellationToken ct);
}

/// <summary>Anchors as lines of a file, to which is only ever appended.</summary>
/// <param name="path">Made when it is not there; its folder has to be.</param>
public sealed class AnchorFile(string path) : IAnchorStore
{
    public string Name => path;

    public async IAsyncEnumerable<string> ReadAfter(
        long known, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (!File.Exists(path)) yield break;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var left = await EndOfLastLine(file, ct);
        file.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        for (long at = 0; left > 0 && await reader.ReadLineAsync(ct) is { } line; at++)
        {
            left -= Encoding.UTF8.GetByteCount(line) + 1;
            if (at >= known) yield return line;
        }
    }

    public async Task Append(string line, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.SetLength(await EndOfLastLine(file, ct));
        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), ct);
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// In bytes. A line without its end is of a write that was cut off; nothing has been said about it to anybody.
    /// </summary>
    private static async Task<long> EndOfLastLine(FileStream file, CancellationToken ct)
    {
        var end = file.Length;
        var one = new byte[1];
        for (; end > 0; end--)
        {
            file.Seek(end - 1, SeekOrigin.Begin);
            await file.ReadExactlyAsync(one, ct);
            if (one[0] == (byte)'\n') break;
        }

        return end;
    }
}
