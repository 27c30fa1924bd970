using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Contracts;

/// <summary>
/// Hashes by which two workers find out whether they hold the same entries. Lower-case hex SHA-256 over UTF-8 lines.
/// </summary>
public static class EntryHash
{
    /// <summary>Over all accepted entries, which must come in ordinal order of their ids.</summary>
    /// <param name="entries">Entry id, player id, acceptance number, athlete ids in slot order.</param>
    public static string Of(
        IEnumerable<(string EntryId, string PlayerId, long AcceptanceNo, IReadOnlyList<string> AthleteIds)> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var line = new StringBuilder();
        var buffer = new byte[4096];
        foreach (var entry in entries)
        {
            line.Clear().Append(entry.EntryId).Append('|').Append(entry.PlayerId).Append('|').Append(entry.AcceptanceNo)
                .Append('|');
            line.AppendJoin(',', entry.AthleteIds).Append('\n');
            Append(hash, line, ref buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Over the ids of a score group, in ordinal order; the first 16 bytes.</summary>
    public static string OfIds(IEnumerable<string> entryIdsInOrder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var line = new StringBuilder();
        var buffer = new byte[256];
        foreach (var id in entryIdsInOrder) Append(hash, line.Clear().Append(id).Append('\n'), ref buffer);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static void Append(IncrementalHash hash, StringBuilder line, ref byte[] buffer)
    {
        foreach (var chunk in line.GetChunks())
        {
            var needed = Encoding.UTF8.GetMaxByteCount(chunk.Length);
            if (buffer.Length < needed) buffer = new byte[needed];
            hash.AppendData(buffer, 0, Encoding.UTF8.GetBytes(chunk.Span, buffer));
        }
    }
}
