using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Drafts;

/// <summary>What creators do with their drafts, each in the transaction of its request: load, decide, write, send.</summary>
public static class ChallengeDrafts
{
    public static async Task<DraftDecision> SaveDraft(
        this Tx tx, string playerId, string draftId, string? version, ChallengeTerms terms)
    {
        if (DecideDraft.Malformed(draftId) is { } malformed) return malformed;
        await tx.LockDrafts(playerId);
        var known = await tx.LockDraft(playerId, draftId);
        var body = Encoding.UTF8.GetString(WireJson.Bytes(terms));
        var decision = DecideDraft.Save(draftId, known, await Counts(tx, playerId), version, body);
        if (decision is not DraftDecision.Write write) return decision;
        if (known is not null) await tx.UpdateDraft(known, write.Body);
        else await tx.InsertDraft(playerId, draftId, ChallengeDraft.ContestIdOf(playerId, draftId), write.Body);
        return decision;
    }

    public static async Task<DraftDecision> DeleteDraft(this Tx tx, string playerId, string draftId, string? version)
    {
        if (DecideDraft.Malformed(draftId) is { } malformed) return malformed;
        await tx.LockDrafts(playerId);
        var known = await tx.LockDraft(playerId, draftId);
        var decision = DecideDraft.Delete(known, version);
        if (decision is DraftDecision.Delete) await tx.DeleteDraft(known!);
        return decision;
    }

    /// <summary>Sends it to Scoring and lets it stand: both or neither.</summary>
    public static async Task<DraftDecision> PublishDraft(
        this Tx tx, string playerId, string draftId, string? version, PlatformTerms platform)
    {
        if (DecideDraft.Malformed(draftId) is { } malformed) return malformed;
        await tx.LockDrafts(playerId);
        var known = await tx.LockDraft(playerId, draftId);
        var now = tx.NowStored();
        var decision = DecideDraft.Publish(known, await Counts(tx, playerId), version, platform, now);
        if (decision is not DraftDecision.Publish publish) return decision;
        var commandId = ChallengeDraft.CommandIdOf(known!.ContestId, now);
        await tx.DraftPublishing(known, commandId, now);
        tx.Send(new PublishChallengeV1(commandId, known.ContestId, publish.Definition, playerId));
        return decision;
    }

    private static Task<DraftCounts> Counts(Tx tx, string playerId) =>
        tx.CountDrafts(playerId, tx.Now - ChallengeDraft.PublishWindow);
}
