using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Ids are derived from what they are for, never drawn: the same words always give the same id (UUID version 8 over SHA-256).
/// </summary>
public static class DeterministicId
{
    public static Guid From(string words)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(words), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
