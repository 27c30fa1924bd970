using ContestPipeline.Contracts;
using ContestPipeline.Settlement;

namespace ContestPipeline.Contestctl.Verifying;

/// <summary>What came of comparing the published prizes.</summary>
/// <param name="Differences">Entry by entry, in words; the first of them when there are very many.</param>
/// <param name="NotCompared">What is not on the topic, in words: neither right nor wrong.</param>
internal sealed record AwardsCompared(IReadOnlyList<string> Differences, IReadOnlyList<string> NotCompared);

/// <summary>
/// Compares every prize and every reduction that Settlement published with what has to be, entry by entry: Payout pays by these
/// messages, not by the digest. Pure.
/// </summary>
internal static class CompareAwards
{
    private const int NamedMax = 20;

    /// <summary>
    /// Retention removes the oldest messages of a contest and no others: what lacks although something before it is there was
    /// never published, and is a difference.
    /// </summary>
    /// <param name="announced">What had to be published, of every revision from the first on.</param>
    public static AwardsCompared Of(ContestCopy copy, IEnumerable<Correction> announced)
    {
        var (differences, notCompared, isHeldFromHere) = (new List<string>(), new List<string>(), false);
        foreach (var correction in announced)
        {
            var revision = correction.Result.Revision;
            var isSettled = copy.Settled.ContainsKey(revision);
            Chunk[] less =
                [.. copy.PublishedReductions.Where(r => r.Revision == revision)
                    .Select(r => new Chunk(r.Chunk, r.Currency, r.Players))];
            Chunk[] more =
                [.. copy.PublishedAwards.Where(a => a.Revision == revision)
                    .Select(a => new Chunk(a.Chunk, a.Currency, a.Players))];
            Compare($"revision {revision}: reduction",
                AwardChunks.OfReductions(correction).Select(r => new Chunk(r.Chunk, r.Currency, r.Players)), less);
            isHeldFromHere |= less.Length > 0;
            Compare($"revision {revision}: award",
                AwardChunks.Of(correction.Result).Select(a => new Chunk(a.Chunk, a.Currency, a.Players)), more);
            isHeldFromHere |= more.Length > 0 || isSettled;

            void Compare(string what, IEnumerable<Chunk> computed, Chunk[] published)
            {
                var expected = computed.SelectMany(c => c.Figures).ToDictionary(f => f.EntryId, f => f.Words);
                var found = published.SelectMany(c => c.Figures).ToLookup(f => f.EntryId);
                foreach (var entry in found)
                    differences.AddRange(Faults(entry, expected.GetValueOrDefault(entry.Key))
                        .Select(fault => $"{what} of entry {entry.Key} {fault}"));

                string[] absent = [.. expected.Keys.Where(e => !found.Contains(e))];
                if (isSettled && (isHeldFromHere || published.Any(c => c.No == 0)))
                    differences.AddRange(absent.Select(e => $"{what} of entry {e} computed ({expected[e]}), published none"));
                else if (absent.Length > 0)
                    notCompared.Add(
                        $"{what}s of {absent.Length} entries are not on the topic and were not compared: retention removes the "
                            + $"oldest messages");
            }
        }

        var unnamed = differences.Count - NamedMax;
        return new AwardsCompared(
            unnamed > 0 ? [.. differences.Take(NamedMax), $"and {unnamed} more"] : differences, notCompared);
    }

    /// <param name="right">What had to be published of the entry; null: nothing.</param>
    private static IEnumerable<string> Faults(IEnumerable<Figure> published, string? right)
    {
        foreach (var words in published.Select(f => f.Words).Distinct().Where(w => w != right))
            yield return $"published ({words}), computed {(right is null ? "none" : $"({right})")}";
        var chunks = published.Select(f => f.ChunkNo).Distinct().Order().ToArray();
        if (chunks.Length > 1) yield return $"published more than once, in the chunks {string.Join(", ", chunks)}";
    }

    /// <summary>A message of prizes, or of what is taken back of them.</summary>
    private sealed record Chunk(int No, string Currency, IReadOnlyList<PlayerAwardsV1> Players)
    {
        public IEnumerable<Figure> Figures => Players.SelectMany(p => p.Prizes.Select(z => new Figure(
            z.EntryId, No,
            $"{p.PlayerId}, rank {z.Rank}, points {z.Points}, {z.GrossMinor} - {z.FeeMinor} = {z.NetMinor} {Currency} minor "
                + $"units, of the player's {p.GrossMinor} - {p.FeeMinor} = {p.NetMinor}")));
    }

    private sealed record Figure(string EntryId, int ChunkNo, string Words);
}
