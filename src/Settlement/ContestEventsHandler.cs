using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>contest.events.v1 in, Settlement's own copy of contests, entries and final rankings out. Computes nothing: <see cref="SettleJob"/> does.</summary>
public sealed class ContestEventsHandler : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        foreach (var published in batch.Select(r => r.Message).OfType<ContestPublishedV1>())
        {
            var hash = CanonicalHash.Of(published.Definition);
            Invariant.Holds(hash == published.DefinitionHash, $"contest {published.ContestId}: its definition hashes to {hash}, it was published as {published.DefinitionHash}");
            await tx.AddContest(published);
        }

        var entries = EntryChanges.Fold(batch.Select(r => r.Message));
        await tx.AddEntries(entries.Accepted);
        await tx.ChangeLineups(entries.Changed);
        await tx.WithdrawEntries(entries.Withdrawn);

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
                case ContestCancelledV1 cancelled:
                    await Cancel(cancelled, tx);
                    break;
            }
        }
    }

    private static async Task Cancel(ContestCancelledV1 cancelled, Tx tx)
    {
        await tx.CancelContest(cancelled);
        if (!await tx.IsSettled(cancelled.ContestId)) return;
        tx.Alert(
            $"settled-then-cancelled/{cancelled.ContestId}", "critical", "settled-then-cancelled", cancelled.ContestId,
            $"The contest was settled before its cancellation ({cancelled.Reason}) arrived; its awards have been announced.",
            "Hold the contest's payouts and decide which of the two stands.");
    }
}

/// <summary>stats.lines.v1 in: every version of every line is kept. Game states are not needed; the completion says which games count.</summary>
public sealed class StatLinesHandler : IBatchHandler
{
    public Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var lines = batch.Select(r => r.Message).OfType<StatLineV1>().ToArray();
        return lines.Length == 0 ? Task.CompletedTask : tx.AddLines(lines);
    }
}
