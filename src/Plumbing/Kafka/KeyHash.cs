using System.Buffers.Binary;
using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Where a partition key goes: its Kafka partition as Java's clients choose it (murmur2), its outbox slice by a hash of our own
/// (FNV-1a with a final mix). Neither may ever change.
/// </summary>
public static class KeyHash
{
    /// <summary>Number of outbox slices; also in the migration that makes their rows.</summary>
    public const int Slices = 16;

    private const int BytesOnStack = 256;

    /// <summary>That of Java's default partitioner, of librdkafka's <c>murmur2_random</c> and of Kafka Streams.</summary>
    /// <param name="partitionKey">UTF-8 on the wire; an empty one has a place, too.</param>
    public static int Partition(string partitionKey, int partitions)
    {
        Span<byte> buffer = stackalloc byte[BytesOnStack];
        return (Murmur2(Utf8(partitionKey, buffer)) & int.MaxValue) % partitions;
    }

    public static short Slice(string partitionKey) => (short)(Fnv(partitionKey) >> 32 & (Slices - 1));

    /// <summary>
    /// A number for PostgreSQL's advisory locks, 0 to 2^30 - 1: the same in every release, so that two exclude each other.
    /// </summary>
    public static int LockClass(string name) => (int)(Fnv(name) % (1UL << 30));

    /// <summary>As <c>org.apache.kafka.common.utils.Utils.murmur2</c>.</summary>
    public static int Murmur2(ReadOnlySpan<byte> data)
    {
        const uint mix = 0x5BD1E995;
        unchecked
        {
            var hash = 0x9747B28CU ^ (uint)data.Length;
            for (; data.Length >= 4; data = data[4..])
            {
                var word = BinaryPrimitives.ReadUInt32LittleEndian(data) * mix;
                hash = (hash * mix) ^ ((word ^ (word >> 24)) * mix);
            }

            if (data.Length > 0)
            {
                for (var i = data.Length - 1; i >= 0; i--) hash ^= (uint)data[i] << (8 * i);
                hash *= mix;
            }

            hash = (hash ^ (hash >> 13)) * mix;
            return (int)(hash ^ (hash >> 15));
        }
    }

    private static ulong Fnv(string key)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            Span<byte> buffer = stackalloc byte[BytesOnStack];
            foreach (var b in Utf8(key, buffer)) hash = (hash ^ b) * 1099511628211UL;
            hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
            hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
            return hash ^ (hash >> 33);
        }
    }

    private static ReadOnlySpan<byte> Utf8(string key, Span<byte> buffer) => Encoding.UTF8.GetByteCount(key) <= buffer.Length
        ? buffer[..Encoding.UTF8.GetBytes(key, buffer)] : Encoding.UTF8.GetBytes(key);
}
