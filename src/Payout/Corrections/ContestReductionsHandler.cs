using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Corrections;

/// <summary>
/// contest.reductions.v1 in: what entries were awarded too much, stored and laid on their awards. What becomes of each part is
/// <see cref="ReductionEffects"/>'s.
/// </summary>
public sealed class ContestReductionsHandler : IHandler<ContestReductionsV1>
{
    public async Task Handle(Received<ContestReductionsV1> received, Tx tx)
    {
        var chunk = received.Message;
        var fault = CheckAwards.Fault(
            new ContestAwardsV1(chunk.ContestId, chunk.Revision, chunk.Chunk, chunk.Currency, chunk.Players));
        Invariant.Holds(
            fault is null, $"reductions of contest {chunk.ContestId} revision {chunk.Revision} chunk {chunk.Chunk}: {fault}");
        if (!await tx.ClaimReductions(chunk, CanonicalHash.OfBytes(WireJson.Bytes(chunk)))) return;
        await tx.InsertReductions(chunk);

        var entryIds = chunk.Players.SelectMany(p => p.Prizes).Select(p => p.EntryId).ToArray();
        var awards = (await tx.AwardsLeft(chunk.ContestId, chunk.Revision, entryIds)).ToLookup(
            a => (a.EntryId, a.PlayerId), a => (a.Revision, a.LeftMinor));
        var parts = new List<ReductionPart>();
        foreach (var player in chunk.Players)
        {
            foreach (var prize in player.Prizes)
            {
                Invariant.Holds(awards.Contains((prize.EntryId, player.PlayerId)),
                    $"entry {prize.EntryId} of player {player.PlayerId} was never awarded anything in contest {chunk.ContestId}");
                foreach (var (revision, netMinor) in AllocateReduction.Of(
                    prize.NetMinor, awards[(prize.EntryId, player.PlayerId)]))
                    parts.Add(new ReductionPart(
                        chunk.ContestId, chunk.Revision, prize.EntryId, revision, player.PlayerId, chunk.Currency, netMinor));
            }

            tx.NotifyPlayer(
                $"prize-corrected/{chunk.ContestId}/{chunk.Revision}/{player.PlayerId}", NotificationKinds.PrizeCorrected,
                player.PlayerId, chunk.ContestId, chunk.ContestId, player.NetMinor, chunk.Currency,
                new Dictionary<string, string> { ["revision"] = chunk.Revision.ToString(
                    System.Globalization.CultureInfo.InvariantCulture) });
        }

        await tx.InsertParts(parts);
    }
}
