using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Payout.Awards;

/// <summary>What has arrived of a contest's awards.</summary>
public sealed record ReceivedContest(
    string ContestId, int Revision, string Currency, PayingState State, int ChunksReceived, int PlayersReceived,
    long GrossReceivedMinor, long FeeReceivedMinor, long NetReceivedMinor, int ChunksPosted);

/// <summary>The totals Settlement decided.</summary>
public sealed record SettledTotals(
    string ContestId, int Revision, int AwardChunks, int Winners, long EntryFeesMinor, long RakeMinor, long PoolMinor,
    long OverlayMinor, long SurplusMinor, long PrizesGrossMinor, long PlatformFeesMinor, long PrizesNetMinor,
    long HouseRemainderMinor);

/// <summary>Whether a contest's awards can be posted.</summary>
public abstract record AdvanceContest
{
    private AdvanceContest() { }

    public sealed record Wait : AdvanceContest;

    public sealed record Post : AdvanceContest;

    public sealed record Hold(string Reason) : AdvanceContest;

    /// <summary>Whoever wrote the result: by what Scoring told there can be none.</summary>
    public sealed record Unfounded(string Reason) : AdvanceContest;

    /// <summary>
    /// All chunks and the totals must be there and agree to the cent; anything else is not paid, until it does agree.
    /// </summary>
    /// <param name="collected">The entry fees as they were collected here: Settlement only counted entries. A later revision has
    /// none: the house pays it.</param>
    /// <param name="grounds">What Scoring told of the contest: what it has not published and finalised is nobody's
    /// result.</param>
    /// <param name="overlay">How much the house may add to a pool.</param>
    public static AdvanceContest Decide(ReceivedContest received, SettledTotals? totals, CollectedFees collected,
        ResultGrounds grounds, OverlayLimit overlay)
    {
        if (received.State is not (PayingState.Receiving or PayingState.Held or PayingState.Posting) || totals is null
            || received.ChunksReceived < totals.AwardChunks) return new Wait();
        if (grounds.CancelReason is { } cancelled) return new Unfounded(cancelled);
        if (received.State == PayingState.Posting) return new Wait();
        if (collected.IsEarly(totals)) return new Wait();
        (string What, long Received, long Decided)[] compared =
        [
            ("award chunks", received.ChunksReceived, totals.AwardChunks),
            ("winners", received.PlayersReceived, totals.Winners),
            ("prizes gross", received.GrossReceivedMinor, totals.PrizesGrossMinor),
            ("platform fees", received.FeeReceivedMinor, totals.PlatformFeesMinor),
            ("prizes net", received.NetReceivedMinor, totals.PrizesNetMinor),
            ("entry fees", collected.AmountMinor, totals.EntryFeesMinor),
        ];
        foreach (var (what, have, decided) in compared)
            if (have != decided) return new Hold($"{what}: received {have}, settled {decided}");
        if (grounds.Missing(totals) is not null) return new Wait();
        return (grounds.Fault(totals, received.Currency) ?? overlay.Fault(totals)) is { } fault
            ? new Hold(fault) : new Post();
    }
}

/// <summary>A prize for an entry that is, by what Payout was told when its fee was asked for, not the winner's.</summary>
/// <param name="OwnerId">Whose entry it is; null: in a contest with fees, nobody's.</param>
public sealed record StrangePrize(string EntryId, string PlayerId, string? OwnerId)
{
    /// <summary>In words.</summary>
    public string Fault => OwnerId is null
        ? $"entry {EntryId}: awarded to player {PlayerId}, but no fee was ever asked for such an entry"
        : $"entry {EntryId}: it is player {OwnerId}'s, awarded to player {PlayerId}";
}

/// <summary>The arithmetic every award chunk has to satisfy before it is stored.</summary>
public static class CheckAwards
{
    /// <returns>The first thing that does not add up; null when all does.</returns>
    public static string? Fault(ContestAwardsV1 chunk)
    {
        var players = new HashSet<string>(StringComparer.Ordinal);
        var entries = new HashSet<string>(StringComparer.Ordinal);
        foreach (var player in chunk.Players)
        {
            if (!players.Add(player.PlayerId)) return $"player {player.PlayerId} comes twice";
            if (player.Prizes.Count == 0) return $"player {player.PlayerId} has no prize";
            if (player.GrossMinor != player.FeeMinor + player.NetMinor)
                return $"player {player.PlayerId}: gross is not fee + net";
            long gross = 0, fee = 0;
            foreach (var prize in player.Prizes)
            {
                if (!entries.Add(prize.EntryId)) return $"entry {prize.EntryId} comes twice";
                if (prize.GrossMinor <= 0 || prize.FeeMinor < 0 || prize.NetMinor < 0)
                    return $"entry {prize.EntryId}: amounts {prize.GrossMinor}/{prize.FeeMinor}/{prize.NetMinor}";
                if (prize.GrossMinor != prize.FeeMinor + prize.NetMinor) return $"entry {prize.EntryId}: gross is not fee + net";
                if (prize.StakeMinor < 0 || prize.StakeMinor + prize.FeeMinor > prize.GrossMinor)
                    return $"entry {prize.EntryId}: stake {prize.StakeMinor} with fee {prize.FeeMinor} in {prize.GrossMinor}";
                gross += prize.GrossMinor;
                fee += prize.FeeMinor;
            }

            if (gross != player.GrossMinor || fee != player.FeeMinor)
                return $"player {player.PlayerId}: prizes add up to {gross} and {fee} fee, not {player.GrossMinor} and "
                    + $"{player.FeeMinor}";
        }

        return null;
    }
}
