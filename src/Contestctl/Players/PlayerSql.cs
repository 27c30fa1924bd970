using Dapper;
using Npgsql;

namespace ContestPipeline.Contestctl.Players;

/// <summary>A file of a proof that only this player handed in.</summary>
internal sealed record OwnFile(string ContestId, string Sha256, bool IsShared);

/// <summary>All SQL of a player's data, as the owner of the database.</summary>
internal static class PlayerSql
{
    /// <returns>Rows as JSON objects.</returns>
    public static async Task<IReadOnlyList<string>> RowsOf(
        this NpgsqlConnection connection, PlayerTable table, string player, CancellationToken ct) =>
        (await connection.QueryAsync<string>(new CommandDefinition(
            $"select (to_jsonb(t) - @without::text[])::text from {table.Table} t where {table.Where} order by 1",
            new { player, accounts = PlayerTable.AccountsOf(player), without = table.Without }, commandTimeout: 0,
            cancellationToken: ct))).AsList();

    /// <returns>Why nothing can be erased yet, the first that is found; null: everything of the player is over.</returns>
    public static Task<string?> WhyNotErase(this NpgsqlConnection connection, string player, CancellationToken ct) =>
        connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            select why from (
                select 1 as no, 'contest ' || min(c.contest_id) || ' is not over' as why
                from scoring.entry e join scoring.contest c on c.contest_id = e.contest_id
                where e.player_id = @player and c.state not in ('PAID', 'CANCELLED')
                having count(*) > 0
                union all
                select 2, 'payout ' || min(payout_id) || ' is not over' from payout.payout
                where player_id = @player and state not in ('paid', 'failed', 'rejected', 'reversed')
                having count(*) > 0
                union all
                select 3, 'dispute ' || min(dispute_id) || ' is open' from payout.dispute
                where player_id = @player and phase = 'open'
                having count(*) > 0
                union all
                select 4, 'the ledger owes ' || sum(balance_minor) || ' ' || min(currency) || ' minor units' from payout.ledger_account
                where account = any(@accounts) and balance_minor <> 0
                having count(*) > 0) reasons
            order by no
            limit 1
            """,
            new { player, accounts = PlayerTable.AccountsOf(player) }, cancellationToken: ct));

    public static async Task<IReadOnlyList<OwnFile>> FilesOf(
        this NpgsqlConnection connection, string player, CancellationToken ct) =>
        (await connection.QueryAsync<OwnFile>(new CommandDefinition(
            """
            select f.contest_id, f.sha256, exists (
                select from payout.proof_file o where o.sha256 = f.sha256 and o.player_id <> f.player_id) as is_shared
            from payout.proof_file f
            where f.player_id = @player
            order by f.contest_id, f.sha256
            """,
            new { player }, cancellationToken: ct))).AsList();

    /// <summary>What was handed in goes; its hash stays, by which the result is verified.</summary>
    /// <returns>How many proofs.</returns>
    public static Task<int> EraseProofs(this NpgsqlConnection connection, string player, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update scoring.proof set content = '' where player_id = @player and content <> ''", new { player },
            cancellationToken: ct));

    public static Task<int> ForgetFiles(this NpgsqlConnection connection, string player, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            "delete from payout.proof_file where player_id = @player", new { player }, cancellationToken: ct));

    /// <summary>What is published is everybody's to read.</summary>
    public static Task<int> ForgetDrafts(this NpgsqlConnection connection, string player, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            "delete from payout.challenge_draft where player_id = @player and state = 'draft'", new { player },
            cancellationToken: ct));
}
