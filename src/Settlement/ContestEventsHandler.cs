using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>
/// contest.events.v1 in, Settlement's own copy of contests, entries and final rankings out. Computes nothing:
/// <see cref="SettleJob"/> does.
/// </summary>
public sealed class ContestEventsHandler : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        foreach (var published in batch.Select(r => r.Message).OfType<ContestPublishedV1>())
        {
            var hash = CanonicalHash.Of(published.Definition);
            Invariant.Holds(hash == published.DefinitionHash,
                $"contest {published.ContestId}: its definition hashes to {hash}, it was published as "
                    + $"{published.DefinitionHash}");
            await tx.AddContest(published);
        }

        var entries = EntryChanges.Fold(batch.Select(r => r.Message));
        await tx.AddEntries(entries.Accepted);
        await tx.ChangeLineups(entries.Changed);
        await tx.WithdrawEntries(entries.Withdrawn);
        foreach (var ofContest in batch.Select(r => r.Message).Where(m => m is ProofSubmittedV1 or VoteCastV1 or ProofDecidedV1)
            .GroupBy(m => m.PartitionKey, StringComparer.Ordinal))
        {
            var proofs = new ProofBook();
            foreach (var message in ofContest) proofs.Apply(message);
            await tx.AddProofs(proofs);
        }

        foreach (var received in batch)
        {
            switch (received.Message)
            {
                case RankingChunkV1 chunk:
                    await tx.AddRankingChunk(chunk);
                    break;
                case ContestFinalizedV1 finalized:
                    await tx.AddCompletion(finalized);
                    await tx.RememberTrace(SettleJob.Subject(finalized.ContestId, finalized.Revision), received.Envelope);
                    break;
                case RecallRequestedV1 request:
                    await Recall(request, received.Envelope, tx);
                    break;
                case ContestCancelledV1 cancelled:
                    await Cancel(cancelled, tx);
                    break;
            }
        }
    }

    /// <summary>
    /// Under the contest's lock, as a settlement: whichever of the two is first stands. The first answer to a request is kept,
    /// and given again.
    /// </summary>
    private static async Task Recall(RecallRequestedV1 request, Envelope cause, Tx tx)
    {
        Invariant.Holds(RecallPurposes.All.Contains(request.Purpose),
            $"contest {request.ContestId}: recalls for the purpose {request.Purpose} are not known");
        await tx.LockContest(request.ContestId);
        var recall = await tx.StoreRecall(request);
        if (recall.SettledAt is null)
        {
            foreach (var revision in await tx.DropRecalled(request.ContestId))
                SettleJob.EndAlerts(
                    request.ContestId, revision, $"the ranking was recalled ({request.Purpose}): {request.Reason}", tx);
        }

        tx.Send(
            new RecallAnsweredV1(
                request.ContestId, request.RequestId, request.Purpose, request.Revision, recall.Attempt, recall.SettledAt,
                request.Reason, request.By, request.At),
            cause);
    }

    private static async Task Cancel(ContestCancelledV1 cancelled, Tx tx)
    {
        await tx.CancelContest(cancelled);
        if (!await tx.IsSettled(cancelled.ContestId)) return;
        tx.Alert(SettlementAlerts.SettledThenCancelled(cancelled));
    }
}

/// <summary>
/// stats.lines.v1 in: every version of every line is kept. Game states are not needed; the completion says which games count.
/// </summary>
public sealed class StatLinesHandler : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var lines = batch.Select(r => r.Message).OfType<StatLineV1>().ToArray();
        if (lines.Length == 0) return;
        await tx.AddLines(lines);
        var came = lines.ToLookup(l => (l.GameId, l.AthleteId, l.Version), l => l.Stats);
        foreach (var known in await tx.OtherLinesOfVersion(lines))
        {
            if (came[(known.GameId, known.AthleteId, known.Version)].All(stats =>
                LinesHash.Same(stats, SettlementSql.Read<Dictionary<string, long>>(known.Stats)))) continue;
            tx.Alert(SettlementAlerts.LineVersionReused(known));
        }
    }
}
