using ContestPipeline.Settlement;

namespace ContestPipeline.Contestctl.Verifying;

/// <summary>Compares what had to be awarded with the ledger's lines and the payouts, player by player. Pure.</summary>
internal static class CompareBooks
{
    private const int NamedMax = 20;

    /// <param name="announced">What had to be published, of every revision from the first on.</param>
    /// <returns>What differs, in words; the first of it when there is very much.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<Correction> announced, IReadOnlyList<BookedPlayer> booked)
    {
        var books = booked.ToDictionary(b => (b.Revision, b.PlayerId));
        var differences = new List<string>();
        foreach (var (revision, players) in announced.Select(a => (a.Result.Revision,
            AwardChunks.Of(a.Result).SelectMany(c => c.Players))))
        {
            foreach (var player in players)
            {
                books.Remove((revision, player.PlayerId), out var book);
                if (book is null)
                    differences.Add(
                        $"revision {revision}: player {player.PlayerId} won {player.NetMinor} minor units, of which the ledger "
                            + $"and the payouts have nothing");
                else if (book.LedgerMinor != player.NetMinor || book.PayoutMinor != player.NetMinor)
                    differences.Add(
                        $"revision {revision}: player {player.PlayerId} won {player.NetMinor} minor units, the ledger's lines "
                            + $"add up to {book.LedgerMinor}, the payout is {book.PayoutMinor}");
            }
        }

        var revisions = announced.Select(a => a.Result.Revision).ToHashSet();
        differences.AddRange(books.Values.Where(b => revisions.Contains(b.Revision) && (b.LedgerMinor != 0 || b.PayoutMinor != 0))
            .Select(b =>
            $"revision {b.Revision}: player {b.PlayerId} won nothing, the ledger's lines add up to {b.LedgerMinor}, the payout "
                + $"is {b.PayoutMinor}"));
        return differences.Count > NamedMax
            ? [.. differences.Take(NamedMax), $"and {differences.Count - NamedMax} more"] : differences;
    }
}
