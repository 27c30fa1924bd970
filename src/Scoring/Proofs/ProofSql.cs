using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>SQL over proofs and votes. The contest's row is locked by the caller.</summary>
internal static class ProofSql
{
    private const string Columns =
        """
        p.contest_id, p.entry_id, p.proof_no, p.version, p.player_id, p.content, p.content_hash, p.submitted_at, p.approvals,
        p.rejections, p.decision_no, p.outcome, p.decided_by, p.decided_at, p.referee_id, p.referee_reason
        """;

    public static Task<IReadOnlyList<ProofRow>> ProofsNamed(
        this Tx tx, IReadOnlyCollection<(string ContestId, string EntryId, int ProofNo)> named) => tx.Query<ProofRow>(
        $"""
        select {Columns}
        from unnest(@contests, @entries, @numbers) as n (contest_id, entry_id, proof_no)
            join scoring.proof p using (contest_id, entry_id, proof_no)
        order by p.contest_id, p.entry_id, p.proof_no
        """,
        new
        {
            contests = named.Select(n => n.ContestId).ToArray(),
            entries = named.Select(n => n.EntryId).ToArray(),
            numbers = named.Select(n => n.ProofNo).ToArray(),
        });

    public static Task<IReadOnlyList<VoteRow>> VotesNamed(
        this Tx tx, IReadOnlyCollection<(string ContestId, string EntryId, int ProofNo, string VoterId)> named) =>
            tx.Query<VoteRow>(
        """
        select v.contest_id, v.entry_id, v.proof_no, v.voter_id, v.version, v.approve, v.at
        from unnest(@contests, @entries, @numbers, @voters) as n (contest_id, entry_id, proof_no, voter_id)
            join scoring.vote v using (contest_id, entry_id, proof_no, voter_id)
        order by v.contest_id, v.entry_id, v.proof_no, v.voter_id
        """,
        new
        {
            contests = named.Select(n => n.ContestId).ToArray(),
            entries = named.Select(n => n.EntryId).ToArray(),
            numbers = named.Select(n => n.ProofNo).ToArray(),
            voters = named.Select(n => n.VoterId).ToArray(),
        });

    public static async Task StoreProofs(this Tx tx, IReadOnlyCollection<ProofRow> proofs)
    {
        var written = await tx.Execute(
            """
            insert into scoring.proof as p (contest_id, entry_id, proof_no, version, player_id, content, content_hash,
                submitted_at, approvals, rejections, decision_no, outcome, decided_by, decided_at, referee_id, referee_reason)
            select * from unnest(@contests, @entries, @numbers, @versions, @players, @contents, @hashes, @submitted, @approvals,
                @rejections, @decisions, @outcomes, @deciders, @decided::timestamptz[], @referees, @reasons)
            on conflict (contest_id, entry_id, proof_no) do update
            set version = excluded.version, content = excluded.content, content_hash = excluded.content_hash,
                submitted_at = excluded.submitted_at, approvals = excluded.approvals, rejections = excluded.rejections,
                decision_no = excluded.decision_no, outcome = excluded.outcome, decided_by = excluded.decided_by,
                decided_at = excluded.decided_at, referee_id = excluded.referee_id, referee_reason = excluded.referee_reason
            """,
            new
            {
                contests = proofs.Select(p => p.ContestId).ToArray(),
                entries = proofs.Select(p => p.EntryId).ToArray(),
                numbers = proofs.Select(p => p.ProofNo).ToArray(),
                versions = proofs.Select(p => p.Version).ToArray(),
                players = proofs.Select(p => p.PlayerId).ToArray(),
                contents = proofs.Select(p => p.Content).ToArray(),
                hashes = proofs.Select(p => p.ContentHash).ToArray(),
                submitted = proofs.Select(p => p.SubmittedAt.UtcDateTime).ToArray(),
                approvals = proofs.Select(p => p.Approvals).ToArray(),
                rejections = proofs.Select(p => p.Rejections).ToArray(),
                decisions = proofs.Select(p => p.DecisionNo).ToArray(),
                outcomes = proofs.Select(p => p.Outcome).ToArray(),
                deciders = proofs.Select(p => p.DecidedBy).ToArray(),
                decided = proofs.Select(p => p.DecidedAt?.UtcDateTime).ToArray(),
                referees = proofs.Select(p => p.RefereeId).ToArray(),
                reasons = proofs.Select(p => p.RefereeReason).ToArray(),
            });
        Invariant.Holds(written == proofs.Count, $"stored {written} of {proofs.Count} proofs");
    }

    public static async Task StoreVotes(this Tx tx, IReadOnlyCollection<VoteRow> votes)
    {
        var written = await tx.Execute(
            """
            insert into scoring.vote (contest_id, entry_id, proof_no, voter_id, version, approve, at)
            select * from unnest(@contests, @entries, @numbers, @voters, @versions, @approve, @times)
            on conflict (contest_id, entry_id, proof_no, voter_id) do update
            set version = excluded.version, approve = excluded.approve, at = excluded.at
            """,
            new
            {
                contests = votes.Select(v => v.ContestId).ToArray(),
                entries = votes.Select(v => v.EntryId).ToArray(),
                numbers = votes.Select(v => v.ProofNo).ToArray(),
                voters = votes.Select(v => v.VoterId).ToArray(),
                versions = votes.Select(v => v.Version).ToArray(),
                approve = votes.Select(v => v.Approve).ToArray(),
                times = votes.Select(v => v.At.UtcDateTime).ToArray(),
            });
        Invariant.Holds(written == votes.Count, $"stored {written} of {votes.Count} votes");
    }

    public static async Task<ProofFacts> ProofFacts(this Tx tx, string contestId) => await tx.QueryOne<ProofFacts>(
        """
        select count(*) filter (where outcome is null)::int as open, max(decided_at) as last_decided_at
        from scoring.proof where contest_id = @contestId
        """,
        new { contestId }) ?? throw new InvariantException("a count without a row");

    /// <summary>In order, all of them.</summary>
    public static Task<IReadOnlyList<ProofRow>> Proofs(this Tx tx, string contestId) => tx.Query<ProofRow>(
        $"select {Columns} from scoring.proof p where contest_id = @contestId order by entry_id, proof_no", new { contestId });

    /// <summary>In order, all of them.</summary>
    public static Task<IReadOnlyList<VoteRow>> Votes(this Tx tx, string contestId) => tx.Query<VoteRow>(
        """
        select contest_id, entry_id, proof_no, voter_id, version, approve, at
        from scoring.vote where contest_id = @contestId order by entry_id, proof_no, voter_id
        """,
        new { contestId });

    /// <returns>How many proofs of each player passed, by player; those with none are left out.</returns>
    public static Task<IReadOnlyList<(string PlayerId, long Passed)>> PassedProofs(this Tx tx, string contestId) =>
        tx.Query<(string PlayerId, long Passed)>(
            """
            select player_id, count(*) from scoring.proof where contest_id = @contestId and outcome = 'passed'
            group by player_id order by player_id
            """,
            new { contestId });

    /// <summary>Makes those who follow the standings look at these entries again.</summary>
    public static async Task NoteProofs(this Tx tx, ContestRow contest, IReadOnlyCollection<string> entryIds)
    {
        var written = await tx.Execute(
            """
            insert into scoring.entry_change (contest_id, change_no, acceptance_no)
            select contest_id, @LastChangeNo + row_number() over (order by entry_id), acceptance_no
            from scoring.entry where contest_id = @ContestId and entry_id = any(@entryIds)
            """,
            new { contest.ContestId, contest.LastChangeNo, entryIds = entryIds.ToArray() });
        await tx.UpdateCounts(
            contest.ContestId, contest.EntryCount, contest.LastAcceptanceNo, contest.LastChangeNo + written);
    }
}
