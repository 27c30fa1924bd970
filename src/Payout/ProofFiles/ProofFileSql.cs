using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.ProofFiles;

/// <summary>All SQL of files of proofs.</summary>
public static class ProofFileSql
{
    /// <summary>
    /// Whether a player takes part in a challenge: its stake is paid, out of the wallet or by card, and it has not left.
    /// </summary>
    public static async Task<bool> TakesPart(this Tx tx, string contestId, string playerId) => await tx.QueryOne<bool>(
        """
        select exists (select from payout.published_contest where contest_id = @contestId and stake_minor is not null) and (
            exists (select from payout.wallet_stake where contest_id = @contestId and player_id = @playerId and state = 'staked')
            or exists (select from payout.entry_payment where contest_id = @contestId and player_id = @playerId
                and state = 'paid' and entry_state in ('awaiting', 'accepted')))
        """,
        new { contestId, playerId });

    /// <returns>What a player has put there for a challenge, in bytes.</returns>
    public static async Task<long> ProofBytes(this Tx tx, string contestId, string playerId) => await tx.QueryOne<long>(
        "select coalesce(sum(bytes), 0)::bigint from payout.proof_file where contest_id = @contestId and player_id = @playerId",
        new { contestId, playerId });

    /// <summary>The same file a second time is the same row.</summary>
    public static Task InsertProofFile(this Tx tx, string contestId, string playerId, ProofFileV1 file) => tx.Execute(
        """
        insert into payout.proof_file (contest_id, sha256, player_id, media_type, bytes, stored_at)
        values (@contestId, @Sha256, @playerId, @MediaType, @Bytes, @Now)
        on conflict do nothing
        """,
        new { contestId, playerId, file.Sha256, file.MediaType, file.Bytes, tx.Now });

    /// <returns>A file that somebody put there for the challenge; null: nobody did.</returns>
    public static Task<ProofFileV1?> FindProofFile(this Tx tx, string contestId, string sha256) => tx.QueryOne<ProofFileV1>(
        """
        select sha256, media_type, bytes from payout.proof_file
        where contest_id = @contestId and sha256 = @sha256 order by player_id limit 1
        """,
        new { contestId, sha256 });
}
