using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Chaos;

/// <summary>
/// A sum over lines that does not depend on their order: two sets with the same count and sum are the same lines.
/// </summary>
internal sealed class LineSum
{
    private ulong sum;

    internal long Count { get; private set; }

    internal void Add(string key, IEnumerable<KeyValuePair<string, long>> stats)
    {
        var words = new StringBuilder(key);
        foreach (var (stat, value) in stats.OrderBy(s => s.Key, StringComparer.Ordinal))
            words.Append(' ').Append(stat).Append('=').Append(value);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(words.ToString()));
        sum = unchecked(sum + BinaryPrimitives.ReadUInt64LittleEndian(hash));
        Count++;
    }

    public override string ToString() => $"{Count} lines, sum {sum:x16}";
}
