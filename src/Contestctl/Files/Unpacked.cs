using System.IO.Compression;

namespace ContestPipeline.Contestctl.Files;

/// <summary>A file as it is, or what gzip packed in it: which of the two its first bytes say.</summary>
internal static class Unpacked
{
    /// <summary>A document of a game has two megabytes; more than this is no document.</summary>
    public const int BytesMax = 256 * 1024 * 1024;

    /// <exception cref="InvalidDataException">It is packed, but not whole, or holds more than <see cref="BytesMax"/>.</exception>
    public static async Task<byte[]> Read(FileInfo file, CancellationToken ct)
    {
        var bytes = await File.ReadAllBytesAsync(file.FullName, ct);
        if (bytes is not [0x1f, 0x8b, ..]) return bytes;
        await using var zip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        var buffer = new byte[81_920];
        for (int read; (read = await zip.ReadAsync(buffer, ct)) > 0;)
        {
            if (whole.Length + read > BytesMax)
                throw new InvalidDataException($"{file.Name} unpacks to more than {BytesMax} bytes");
            whole.Write(buffer, 0, read);
        }

        // The last four bytes are the length of what was packed; a file that is cut off ends in others, and unpacks in silence.
        if (bytes.Length < 4 || BitConverter.ToUInt32(bytes, bytes.Length - 4) != (uint)whole.Length)
            throw new InvalidDataException($"{file.Name} is packed by gzip and not whole");
        return whole.ToArray();
    }
}
