using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>
/// The one hash of a partition key (FNV-1a with a final mix): it decides the Kafka partition and the outbox slice, and must never
/// change.
/// </summary>
public static class KeyHash
{
    /// <summary>Number of outbox slices; also in the migration that makes their rows.</summary>
    public const int Slices = 16;

    public static int Partition(string partitionKey, int partitions) => (int)(Of(partitionKey) % (ulong)partitions);

    public static short Slice(string partitionKey) => (short)(Of(partitionKey) >> 32 & (Slices - 1));

    private static ulong Of(string key)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            Span<byte> bytes = stackalloc byte[256];
            var utf8 = Encoding.UTF8.GetByteCount(key) <= bytes.Length
                ? bytes[..Encoding.UTF8.GetBytes(key, bytes)] : Encoding.UTF8.GetBytes(key);
            foreach (var b in utf8) hash = (hash ^ b) * 1099511628211UL;
            hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
            hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
            return hash ^ (hash >> 33);
        }
    }
}
