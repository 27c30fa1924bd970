using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>
/// Ways in which the same entries and lines can come: how many partitions they lie in, in which order these are read, under which
/// culture.
/// </summary>
internal static class Arrivals
{
    public static IReadOnlyList<int> Partitions { get; } = [1, 4, 16];

    /// <summary>
    /// No language data is shipped, so cultures that would spoil a careless format are made: other signs, other separators, other
    /// digits.
    /// </summary>
    public static IReadOnlyList<CultureInfo> Cultures { get; } = [CultureInfo.InvariantCulture, European(), Arabic()];

    /// <summary>Split by key, shuffled before they were written, and read from the partitions in turns of chance.</summary>
    public static List<T> Arrive<T>(IReadOnlyList<T> all, Func<T, string> key, int partitions, SeededRandom chance)
    {
        var written = all.ToList();
        chance.Shuffle(written);
        var queues = Enumerable.Range(0, partitions).Select(_ => new Queue<T>()).ToList();
        foreach (var one in written) queues[(int)(Hash(key(one)) % (uint)partitions)].Enqueue(one);

        var arrived = new List<T>(all.Count);
        queues.RemoveAll(q => q.Count == 0);
        while (queues.Count > 0)
        {
            var queue = chance.Pick(queues);
            arrived.Add(queue.Dequeue());
            if (queue.Count == 0) queues.Remove(queue);
        }

        return arrived;
    }

    private static uint Hash(string key)
    {
        var hash = 2166136261u;
        foreach (var c in key) hash = unchecked((hash ^ c) * 16777619u);
        return hash;
    }

    private static CultureInfo European()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "\u2212";
        return culture;
    }

    private static CultureInfo Arabic()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NativeDigits = [.. Enumerable.Range(0x660, 10).Select(d => ((char)d).ToString())];
        culture.NumberFormat.DigitSubstitution = DigitShapes.NativeNational;
        culture.NumberFormat.NegativeSign = "\u061C-";
        return culture;
    }
}
