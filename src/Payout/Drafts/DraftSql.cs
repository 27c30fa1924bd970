using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Drafts;

/// <summary>All SQL of drafts of challenges.</summary>
public static class DraftSql
{
    private const string Columns =
        "player_id, draft_id, contest_id, body, version, state, command_id, asked_at, refusal, changed_at";

    /// <summary>Whoever changes drafts of a player takes turns with everybody else who does.</summary>
    public static Task LockDrafts(this Tx tx, string playerId) =>
        tx.Execute("select pg_advisory_xact_lock(hashtextextended('payout/drafts/' || @playerId, 0))", new { playerId });

    public static Task<ChallengeDraft?> FindDraft(this Tx tx, string playerId, string draftId) => tx.QueryOne<ChallengeDraft>(
        $"select {Columns} from payout.challenge_draft where player_id = @playerId and draft_id = @draftId",
        new { playerId, draftId });

    /// <summary>As the other; what Scoring answers waits.</summary>
    public static Task<ChallengeDraft?> LockDraft(this Tx tx, string playerId, string draftId) => tx.QueryOne<ChallengeDraft>(
        $"select {Columns} from payout.challenge_draft where player_id = @playerId and draft_id = @draftId for update",
        new { playerId, draftId });

    /// <returns>A player's drafts by id, from after one on.</returns>
    public static Task<IReadOnlyList<ChallengeDraft>> Drafts(this Tx tx, string playerId, string after, int limit) =>
        tx.Query<ChallengeDraft>(
            $"""
            select {Columns} from payout.challenge_draft
            where player_id = @playerId and draft_id > @after order by draft_id limit @limit
            """,
            new { playerId, after, limit });

    /// <param name="since">From when on published ones are counted.</param>
    public static async Task<DraftCounts> CountDrafts(this Tx tx, string playerId, DateTimeOffset since) =>
        await tx.QueryOne<DraftCounts>(
            """
            select (count(*) filter (where state = 'draft'))::int as open,
                (count(*) filter (where state <> 'draft' and asked_at > @since))::int as published
            from payout.challenge_draft where player_id = @playerId
            """,
            new { playerId, since }) ?? throw new InvariantException("a count has no row");

    public static Task InsertDraft(this Tx tx, string playerId, string draftId, string contestId, string body) => tx.Execute(
        """
        insert into payout.challenge_draft (player_id, draft_id, contest_id, body, version, state, changed_at)
        values (@playerId, @draftId, @contestId, @body, @version, 'draft', @Now)
        """,
        new { playerId, draftId, contestId, body, version = ChallengeDraft.VersionOf(body), tx.Now });

    public static Task UpdateDraft(this Tx tx, ChallengeDraft draft, string body) => tx.Execute(
        """
        update payout.challenge_draft set body = @body, version = @version, refusal = null, changed_at = @Now
        where player_id = @PlayerId and draft_id = @DraftId
        """,
        new { draft.PlayerId, draft.DraftId, body, version = ChallengeDraft.VersionOf(body), tx.Now });

    public static Task DeleteDraft(this Tx tx, ChallengeDraft draft) => tx.Execute(
        "delete from payout.challenge_draft where player_id = @PlayerId and draft_id = @DraftId",
        new { draft.PlayerId, draft.DraftId });

    public static Task DraftPublishing(this Tx tx, ChallengeDraft draft, string commandId, DateTimeOffset askedAt) => tx.Execute(
        """
        update payout.challenge_draft
        set state = 'publishing', command_id = @commandId, asked_at = @askedAt, refusal = null, changed_at = @askedAt
        where player_id = @PlayerId and draft_id = @DraftId
        """,
        new { draft.PlayerId, draft.DraftId, commandId, askedAt });

    /// <summary>Also of one that the database forgot to have asked for.</summary>
    public static Task DraftPublished(this Tx tx, string contestId, string commandId, DateTimeOffset at) => tx.Execute(
        """
        update payout.challenge_draft
        set state = 'published', command_id = @commandId, asked_at = coalesce(asked_at, @at), refusal = null, changed_at = @at
        where contest_id = @contestId and state <> 'published'
        """,
        new { contestId, commandId, at });

    /// <summary>Only of the command that waits for its answer.</summary>
    public static Task DraftRefused(this Tx tx, string contestId, string commandId, string refusal, DateTimeOffset at) =>
        tx.Execute(
            """
            update payout.challenge_draft set state = 'draft', refusal = @refusal, changed_at = @at
            where contest_id = @contestId and command_id = @commandId and state = 'publishing'
            """,
            new { contestId, commandId, refusal, at });
}
