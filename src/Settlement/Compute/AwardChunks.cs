using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>Cuts a result into award messages of a bounded size, all prizes of a player in one.</summary>
public static class AwardChunks
{
    /// <summary>A chunk is closed before it grows beyond this; a single player's prizes may.</summary>
    public const int BytesMax = 400_000;

    private const int PlayerBytes = 100;
    private const int PrizeBytes = 150;

    public static IEnumerable<ContestAwardsV1> Of(SettlementResult result)
    {
        var chunk = 0;
        var bytes = 0;
        var players = new List<PlayerAwardsV1>();
        foreach (var player in Players(result))
        {
            var playerBytes = PlayerBytes + Utf8BytesMax(player.PlayerId)
                + player.Prizes.Sum(p => PrizeBytes + Utf8BytesMax(p.EntryId));
            if (players.Count > 0 && bytes + playerBytes > BytesMax)
            {
                yield return new ContestAwardsV1(result.ContestId, result.Revision, chunk++, result.Currency, players);
                players = [];
                bytes = 0;
            }

            players.Add(player);
            bytes += playerBytes;
        }

        if (players.Count > 0)
            yield return new ContestAwardsV1(result.ContestId, result.Revision, chunk, result.Currency, players);
    }

    /// <summary>What a correction takes back, cut in the same way.</summary>
    public static IEnumerable<ContestReductionsV1> OfReductions(Correction correction) =>
        Of(correction.Result with { Awards = correction.Reductions })
            .Select(c => new ContestReductionsV1(c.ContestId, c.Revision, c.Chunk, c.Currency, c.Players));

    private static IEnumerable<PlayerAwardsV1> Players(SettlementResult result)
    {
        var winners = result.Awards.Winners;
        for (int first = 0, next; first < winners.Length; first = next)
        {
            var player = result.Entries.PlayerOf[winners[first]];
            for (next = first + 1; next < winners.Length && result.Entries.PlayerOf[winners[next]] == player; next++) { }

            var prizes = new PrizeV1[next - first];
            for (var i = first; i < next; i++) prizes[i - first] = result.Prize(winners[i]);
            var (grossMinor, feeMinor) = (prizes.Sum(p => p.GrossMinor), prizes.Sum(p => p.FeeMinor));
            yield return new PlayerAwardsV1(result.Entries.Players[player], grossMinor, feeMinor, grossMinor - feeMinor, prizes);
        }
    }

    /// <summary>An escaped character takes six bytes in JSON.</summary>
    private static int Utf8BytesMax(string text) =>
        text.Length * (text.All(c => c is >= ' ' and <= '~' and not '"' and not '\\') ? 1 : 6);
}
