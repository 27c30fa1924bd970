namespace ContestPipeline.Scoring;

/// <summary>How many entries have each score, as a flat array from the lowest to the highest: ranks without sorting.</summary>
internal sealed class ScoreCounts
{
    /// <summary>Room beside the scores seen, so that most plays move within the array.</summary>
    private const int Margin = 4_096;

    private int[] counts = [];
    private int[] above = [];
    private int lowest;
    private bool counted;
    private bool ranked;

    public int Lowest => lowest;

    public int Highest => lowest + counts.Length - 1;

    /// <summary>True while the counts follow every change; false after <see cref="Forget"/>.</summary>
    public bool Counted => counted;

    public int At(int score) => counts[score - lowest];

    public void Forget() => counted = ranked = false;

    /// <summary>Moves entries from one score to another, or gives up counting when the score is outside the array.</summary>
    public void Move(int from, int to, int entries)
    {
        var index = to - lowest;
        if ((uint)index >= (uint)counts.Length)
        {
            Forget();
            return;
        }

        counts[from - lowest] -= entries;
        counts[index] += entries;
        ranked = false;
    }

    public void Count(ReadOnlySpan<int> scores, ReadOnlySpan<int> weights)
    {
        if (counted) return;
        int low = 0, high = 0;
        foreach (var score in scores)
        {
            low = Math.Min(low, score);
            high = Math.Max(high, score);
        }

        var size = high - low + 1;
        if (low < lowest || high > Highest || counts.Length > 4 * (size + 2 * Margin))
        {
            lowest = low - Margin;
            counts = new int[size + 2 * Margin];
            above = new int[counts.Length];
        }
        else
        {
            Array.Clear(counts);
        }

        unchecked
        {
            var all = counts;
            var from = lowest;
            for (var i = 0; i < scores.Length; i++) all[scores[i] - from] += weights[i];
        }

        counted = true;
        ranked = false;
    }

    /// <returns>Entries with more points than this.</returns>
    public int Above(int score)
    {
        if (!ranked)
        {
            var sum = 0;
            for (var i = counts.Length - 1; i >= 0; i--)
            {
                above[i] = sum;
                sum += counts[i];
            }

            ranked = true;
        }

        return above[score - lowest];
    }

    /// <returns>The highest score such that at least this many entries have it or more; the lowest score when there are fewer
    /// entries.</returns>
    public int ScoreOfPlace(int place)
    {
        var entries = 0;
        for (var i = counts.Length - 1; i >= 0; i--)
        {
            entries += counts[i];
            if (entries >= place) return i + lowest;
        }

        return lowest;
    }
}
