using System.Runtime.InteropServices;

namespace ContestPipeline.Scoring;

/// <summary>
/// The distinct line-ups of a contest, each stored once: a row of member numbers in ascending order (a member is an athlete with
/// a multiplier). Open addressing over flat arrays: 4 bytes a member and about 8 bytes a line-up for the index.
/// </summary>
public sealed class LineupTable(int slots)
{
    /// <summary>Fills the row of a line-up without athletes.</summary>
    public const int NoMember = -1;

    private int[] rows = new int[Math.Max(slots, 1) * 1024];
    private int[] buckets = new int[2048];

    public int Slots { get; } = slots;

    public int Count { get; private set; }

    public ReadOnlySpan<int> Members(int lineup) => rows.AsSpan(lineup * Slots, Slots);

    /// <param name="members">One per slot in ascending order, or all <see cref="NoMember"/>.</param>
    /// <returns>The number of the line-up: an existing one if it was added before.</returns>
    public int Add(ReadOnlySpan<int> members)
    {
        var mask = buckets.Length - 1;
        var bucket = Hash(members) & mask;
        while (buckets[bucket] != 0)
        {
            var known = buckets[bucket] - 1;
            if (Members(known).SequenceEqual(members)) return known;
            bucket = (bucket + 1) & mask;
        }

        if ((Count + 1) * Slots > rows.Length) Array.Resize(ref rows, rows.Length * 2);
        members.CopyTo(rows.AsSpan(Count * Slots));
        buckets[bucket] = ++Count;
        if (Count * 2 > buckets.Length) Grow();
        return Count - 1;
    }

    private void Grow()
    {
        buckets = new int[buckets.Length * 2];
        var mask = buckets.Length - 1;
        for (var lineup = 0; lineup < Count; lineup++)
        {
            var bucket = Hash(Members(lineup)) & mask;
            while (buckets[bucket] != 0) bucket = (bucket + 1) & mask;
            buckets[bucket] = lineup + 1;
        }
    }

    private static int Hash(ReadOnlySpan<int> members)
    {
        unchecked
        {
            var hash = 0x9E3779B97F4A7C15UL;
            foreach (var member in members) hash = (hash ^ (uint)member) * 0xFF51AFD7ED558CCDUL;
            hash ^= hash >> 32;
            hash *= 0xC4CEB9FE1A85EC53UL;
            return (int)(hash >> 33);
        }
    }

    internal Span<int> AllRows => MemoryMarshal.CreateSpan(ref rows[0], Count * Slots);
}
