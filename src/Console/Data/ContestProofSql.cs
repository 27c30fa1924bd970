using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A proof of a challenge.</summary>
/// <param name="Content">What was handed in, JSON; empty: it was erased.</param>
/// <param name="Outcome"><c>passed</c> or <c>failed</c>; null: not decided.</param>
/// <param name="DecidedBy"><c>votes</c>, <c>referee</c> or <c>undecided</c>; null: not decided.</param>
/// <param name="RefereeId">Null also where a referee decided before names were kept.</param>
public sealed record ContestProof(
    string EntryId, string PlayerId, int ProofNo, int Version, DateTimeOffset SubmittedAt, int Approvals, int Rejections,
    string Content, string? Outcome, string? DecidedBy, DateTimeOffset? DecidedAt, string? RefereeId, string? RefereeReason);

/// <summary>A vote on a proof, as it stands.</summary>
/// <param name="Version">Above 1: the voter has changed it.</param>
public sealed record ProofVote(
    string EntryId, int ProofNo, string VoterId, int Version, bool Approve, DateTimeOffset At);

/// <summary>Where a page of proofs ended.</summary>
public sealed record ProofEnd(bool IsDecided, DateTimeOffset SubmittedAt, string EntryId, int ProofNo)
{
    private const string Open = "open";
    private const string Decided = "decided";

    public static ProofEnd Of(ContestProof last) => new(last.Outcome is not null, last.SubmittedAt, last.EntryId, last.ProofNo);

    /// <inheritdoc cref="PageEnd.Read"/>
    public static bool Read(string? text, out ProofEnd? end)
    {
        end = null;
        if (!PageEnd.Read(text, out var read)) return false;
        if (read is null) return true;
        if (read.Id.Split('/', 2) is not [Open or Decided, var entryId]) return false;
        end = new ProofEnd(read.Id.StartsWith(Decided, StringComparison.Ordinal), read.At, entryId, read.Number);
        return true;
    }

    public override string ToString() =>
        new PageEnd(SubmittedAt, ProofNo, $"{(IsDecided ? Decided : Open)}/{EntryId}").ToString();
}

/// <summary>Proofs of a challenge.</summary>
/// <param name="HandedIn">How many in all.</param>
/// <param name="Open">How many are not decided.</param>
/// <param name="Shown">A page, those that are not decided first, the oldest of each first.</param>
/// <param name="Votes">On those shown, in the order of their times.</param>
public sealed record ContestProofs(int HandedIn, int Open, PageOf<ContestProof> Shown, IReadOnlyList<ProofVote> Votes)
{
    public IReadOnlyList<ProofVote> VotesOn(ContestProof proof) =>
        [.. Votes.Where(v => v.EntryId == proof.EntryId && v.ProofNo == proof.ProofNo)];
}

/// <summary>All SQL of a challenge's proofs.</summary>
public static class ContestProofSql
{
    public const int ProofsMax = 25;

    /// <param name="after">Where the page before ended; null: the first page.</param>
    public static async Task<ContestProofs> ProofsOf(this Tx tx, string contestId, ProofEnd? after)
    {
        var (handedIn, open) = await tx.QueryOne<(int, int)>(
            "select count(*)::int, (count(*) filter (where outcome is null))::int from scoring.proof where contest_id = @contestId",
            new { contestId });
        if (handedIn == 0) return new ContestProofs(0, 0, new PageOf<ContestProof>([], null), []);
        var shown = PageOf<ContestProof>.Of(
            await tx.Proofs(contestId, after), ProofsMax, last => ProofEnd.Of(last).ToString());
        return new ContestProofs(handedIn, open, shown, await tx.VotesOn(contestId, shown.Rows));
    }

    private static Task<IReadOnlyList<ContestProof>> Proofs(this Tx tx, string contestId, ProofEnd? after) =>
        tx.Query<ContestProof>(
        $"""
        select entry_id, player_id, proof_no, version, submitted_at, approvals, rejections, content, outcome, decided_by, decided_at,
            referee_id, referee_reason
        from scoring.proof
        where contest_id = @contestId{(after is null ? "" : " and (outcome is not null, submitted_at, entry_id, proof_no) > (@IsDecided, @SubmittedAt, @EntryId, @ProofNo)")}
        order by outcome is not null, submitted_at, entry_id, proof_no
        limit @limit
        """,
        new { contestId, after?.IsDecided, after?.SubmittedAt, after?.EntryId, after?.ProofNo, limit = ProofsMax + 1 });

    /// <returns>All of them: as many as may be needed decide a proof, and then there are no more.</returns>
    private static Task<IReadOnlyList<ProofVote>> VotesOn(
        this Tx tx, string contestId, IReadOnlyList<ContestProof> proofs) => tx.Query<ProofVote>(
        """
        select v.entry_id, v.proof_no, v.voter_id, v.version, v.approve, v.at
        from unnest(@entries::text[], @numbers::int[]) n(entry_id, proof_no)
        cross join lateral (
            select o.entry_id, o.proof_no, o.voter_id, o.version, o.approve, o.at
            from scoring.vote o
            where o.contest_id = @contestId and o.entry_id = n.entry_id and o.proof_no = n.proof_no
            order by o.at, o.voter_id
            limit @VotesMax) v
        order by v.entry_id, v.proof_no, v.at, v.voter_id
        """,
        new
        {
            contestId, entries = proofs.Select(p => p.EntryId).ToArray(), numbers = proofs.Select(p => p.ProofNo).ToArray(),
            VerifiedTermsV1.VotesMax,
        });
}
