namespace ContestPipeline.Plumbing;

/// <summary>Chance that can be repeated: the same seed always gives the same sequence (splitmix64).</summary>
public sealed class SeededRandom(ulong seed)
{
    private ulong state = seed;

    public ulong NextULong()
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <returns>From 0 up to, not including, <paramref name="max"/>; the multiply-shift bias is below 2^-32 for every
    /// int.</returns>
    public int Next(int max)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return (int)Math.BigMul(NextULong(), (ulong)max, out _);
    }

    /// <returns>From <paramref name="min"/> up to, not including, <paramref name="max"/>.</returns>
    public int Next(int min, int max) => checked(min + Next(max - min));

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> list) => list[Next(list.Count)];

    public void Shuffle<T>(IList<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}
