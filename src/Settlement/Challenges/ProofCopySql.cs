using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>SQL that keeps Settlement's own copy of proofs, votes and rulings. One statement per batch and kind.</summary>
internal static class ProofCopySql
{
    /// <summary>A version that a later one replaced changes nothing.</summary>
    public static async Task AddProofs(this Tx tx, ProofBook book)
    {
        if (book.Proofs.Count > 0)
        {
            await tx.Execute(
                """
                insert into settlement.proof (contest_id, entry_id, proof_no, version, content_hash)
                select * from unnest(@contests::text[], @entries::text[], @numbers::int[], @versions::int[], @hashes::text[])
                on conflict (contest_id, entry_id, proof_no) do update
                set version = excluded.version, content_hash = excluded.content_hash where proof.version < excluded.version
                """,
                new
                {
                    contests = book.Proofs.Select(p => p.ContestId).ToArray(),
                    entries = book.Proofs.Select(p => p.EntryId).ToArray(),
                    numbers = book.Proofs.Select(p => p.ProofNo).ToArray(),
                    versions = book.Proofs.Select(p => p.Version).ToArray(),
                    hashes = book.Proofs.Select(p => p.ContentHash).ToArray(),
                });
        }

        if (book.Votes.Count > 0)
        {
            await tx.Execute(
                """
                insert into settlement.vote (contest_id, entry_id, proof_no, voter_id, version, approve)
                select * from unnest(@contests::text[], @entries::text[], @numbers::int[], @voters::text[], @versions::int[],
                    @approve::bool[])
                on conflict (contest_id, entry_id, proof_no, voter_id) do update
                set version = excluded.version, approve = excluded.approve where vote.version < excluded.version
                """,
                new
                {
                    contests = book.Votes.Select(v => v.ContestId).ToArray(),
                    entries = book.Votes.Select(v => v.EntryId).ToArray(),
                    numbers = book.Votes.Select(v => v.ProofNo).ToArray(),
                    voters = book.Votes.Select(v => v.VoterId).ToArray(),
                    versions = book.Votes.Select(v => v.Version).ToArray(),
                    approve = book.Votes.Select(v => v.Approve).ToArray(),
                });
        }

        if (book.Rulings.Count == 0) return;
        await tx.Execute(
            """
            insert into settlement.ruling (contest_id, entry_id, proof_no, decision_no, outcome)
            select * from unnest(@contests::text[], @entries::text[], @numbers::int[], @decisions::int[], @outcomes::text[])
            on conflict (contest_id, entry_id, proof_no) do update
            set decision_no = excluded.decision_no, outcome = excluded.outcome where ruling.decision_no < excluded.decision_no
            """,
            new
            {
                contests = book.Rulings.Select(r => r.ContestId).ToArray(),
                entries = book.Rulings.Select(r => r.EntryId).ToArray(),
                numbers = book.Rulings.Select(r => r.ProofNo).ToArray(),
                decisions = book.Rulings.Select(r => r.DecisionNo).ToArray(),
                outcomes = book.Rulings.Select(r => r.Outcome).ToArray(),
            });
    }

    public static async Task<ProofBook> LoadProofs(this Tx tx, string contestId)
    {
        var book = new ProofBook();
        foreach (var proof in await tx.Query<CopiedProof>(
            """
            select contest_id, entry_id, proof_no, version, content_hash
            from settlement.proof where contest_id = @contestId order by entry_id, proof_no
            """, new { contestId })) book.Add(proof);
        foreach (var vote in await tx.Query<CopiedVote>(
            """
            select contest_id, entry_id, proof_no, voter_id, version, approve
            from settlement.vote where contest_id = @contestId order by entry_id, proof_no, voter_id
            """, new { contestId })) book.Add(vote);
        foreach (var ruling in await tx.Query<CopiedRuling>(
            """
            select contest_id, entry_id, proof_no, decision_no, outcome
            from settlement.ruling where contest_id = @contestId order by entry_id, proof_no
            """, new { contestId })) book.Add(ruling);
        return book;
    }
}
