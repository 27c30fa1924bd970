using System.Buffers;
using System.Security.Cryptography;
using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.ProofFiles;

/// <summary>What came of taking in a file.</summary>
public abstract record ReceivedFile
{
    private ReceivedFile() { }

    /// <param name="Path">Where its bytes lie until they are kept.</param>
    public sealed record Taken(ProofFileV1 File, string Path) : ReceivedFile;

    public sealed record Empty : ReceivedFile;

    public sealed record TooLarge : ReceivedFile;

    /// <param name="Found">By its bytes; null: nothing that is taken.</param>
    public sealed record WrongType(string? Found) : ReceivedFile;
}

/// <summary>
/// Streams what a player sends into a file of its own, hashing and counting on the way; nothing is taken for what it is called.
/// </summary>
public sealed class ReceiveFile(string folder, TimeProvider clock)
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>What is older was left by a process that died.</summary>
    private static readonly TimeSpan s_forgotten = TimeSpan.FromDays(1);

    private long last;

    /// <param name="mediaType">What the player says it is.</param>
    /// <returns>Where it is not <see cref="ReceivedFile.Taken"/>, nothing is left of it.</returns>
    public async Task<ReceivedFile> Take(Stream body, string? mediaType, CancellationToken ct)
    {
        DeleteForgotten();
        var path = Path.Combine(
            folder,
            FormattableString.Invariant($"{Environment.MachineName}-{Environment.ProcessId}-{Interlocked.Increment(ref last)}"));
        ReceivedFile? received = null;
        try
        {
            received = await Write(body, path, mediaType, ct);
            return received;
        }
        finally
        {
            if (received is not ReceivedFile.Taken) File.Delete(path);
        }
    }

    /// <summary>To be read by whoever runs the worker, and by nobody carried out.</summary>
    private static FileStreamOptions How()
    {
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        return how;
    }

    private void DeleteForgotten()
    {
        var before = clock.GetUtcNow().UtcDateTime - s_forgotten;
        foreach (var file in Directory.CreateDirectory(folder).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before) file.Delete();
        }
    }

    private static async Task<ReceivedFile> Write(Stream body, string path, string? mediaType, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var file = new FileStream(path, How());
            var head = await body.ReadAtLeastAsync(buffer, MediaTypeOf.HeadBytes, throwOnEndOfStream: false, ct);
            if (head == 0) return new ReceivedFile.Empty();
            var found = MediaTypeOf.Bytes(buffer.AsSpan(0, Math.Min(head, MediaTypeOf.HeadBytes)));
            if (found is null || found != mediaType) return new ReceivedFile.WrongType(found);
            long bytes = 0;
            for (var read = head; read > 0; read = await body.ReadAsync(buffer, ct))
            {
                bytes += read;
                if (bytes > ProofRulesV1.FileBytesLimit) return new ReceivedFile.TooLarge();
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            file.Flush(flushToDisk: true);
            return new ReceivedFile.Taken(
                new ProofFileV1(Convert.ToHexStringLower(hash.GetHashAndReset()), found, bytes), path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
