using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ContestPipeline.Scoring;

/// <summary>
/// Which line-ups hold a member. Rare members have a list of line-up numbers, common ones a bitmap that is added eight line-ups
/// at a time: the play that touches most entries is also the one that streams best.
/// </summary>
internal sealed class MemberIndex
{
    /// <summary>A member of more than one line-up in this many gets a bitmap.</summary>
    private const int BitmapFrom = 24;

    private static readonly Vector256<int>[] s_lanes = Lanes();

    private readonly int[] starts;
    private readonly int[] postings;
    private readonly byte[]?[] bitmaps;
    private readonly int[] held;

    private MemberIndex(int[] starts, int[] postings, byte[]?[] bitmaps, int[] held, int lineups)
    {
        this.starts = starts;
        this.postings = postings;
        this.bitmaps = bitmaps;
        this.held = held;
        Lineups = lineups;
    }

    /// <summary>Line-ups covered; later ones are not in the index.</summary>
    public int Lineups { get; }

    /// <summary>How many line-ups hold the member.</summary>
    public int Held(int member) => member < held.Length ? held[member] : 0;

    public static MemberIndex Build(LineupTable lineups, int members)
    {
        var held = new int[members];
        var rows = lineups.AllRows;
        foreach (var member in rows)
        {
            if (member >= 0) held[member]++;
        }

        var bitmaps = new byte[]?[members];
        var starts = new int[members + 1];
        for (var member = 0; member < members; member++)
        {
            var common = (long)held[member] * BitmapFrom > lineups.Count;
            if (common) bitmaps[member] = new byte[(lineups.Count + 7) / 8];
            starts[member + 1] = starts[member] + (common ? 0 : held[member]);
        }

        var postings = new int[starts[members]];
        var next = starts.AsSpan(0, members).ToArray();
        for (var lineup = 0; lineup < lineups.Count; lineup++)
        {
            foreach (var member in lineups.Members(lineup))
            {
                if (member < 0) continue;
                if (bitmaps[member] is { } bitmap) bitmap[lineup >> 3] |= (byte)(1 << (lineup & 7));
                else postings[next[member]++] = lineup;
            }
        }

        return new MemberIndex(starts, postings, bitmaps, held, lineups.Count);
    }

    /// <summary>The line-ups of a rare member, ascending; not for members that <see cref="IsCommon"/>.</summary>
    public ReadOnlySpan<int> Postings(int member) =>
        member < held.Length ? postings.AsSpan(starts[member], starts[member + 1] - starts[member]) : default;

    public bool IsCommon(int member) => member < bitmaps.Length && bitmaps[member] is not null;

    /// <summary>
    /// Adds a difference to the score of every line-up that holds the member. Sums stay in range: see
    /// <see cref="StandingsEngine.PointsMax"/>.
    /// </summary>
    public void Add(int member, int difference, int[] scores)
    {
        unchecked
        {
            if (!IsCommon(member))
            {
                foreach (var lineup in Postings(member)) scores[lineup] += difference;
                return;
            }

            var bitmap = bitmaps[member]!;
            var addend = Vector256.Create(difference);
            ref var first = ref MemoryMarshal.GetArrayDataReference(scores);
            for (var i = 0; i < bitmap.Length; i++)
            {
                var bits = bitmap[i];
                if (bits == 0) continue;
                ref var eight = ref Unsafe.Add(ref first, i * 8);
                (Vector256.LoadUnsafe(ref eight) + (addend & s_lanes[bits])).StoreUnsafe(ref eight);
            }
        }
    }

    /// <summary>For each byte, eight lanes that are all ones where its bit is set.</summary>
    private static Vector256<int>[] Lanes()
    {
        var lanes = new Vector256<int>[256];
        Span<int> eight = stackalloc int[8];
        for (var bits = 0; bits < 256; bits++)
        {
            for (var bit = 0; bit < 8; bit++) eight[bit] = (bits >> bit & 1) == 1 ? -1 : 0;
            lanes[bits] = Vector256.Create<int>(eight);
        }

        return lanes;
    }
}
