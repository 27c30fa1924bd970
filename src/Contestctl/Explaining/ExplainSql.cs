using Dapper;
using Npgsql;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>A line of the ledger.</summary>
internal sealed record LedgerLineRow(
    Guid TransferId, string DebitAccount, string CreditAccount, long AmountMinor, string Currency, string Code, string Reference, DateTimeOffset PostedAt);

/// <summary>What the books say about one player in one contest. Reads only.</summary>
internal static class ExplainSql
{
    public static Task<string?> PayoutOf(this NpgsqlConnection connection, string contestId, int revision, string playerId, CancellationToken ct) =>
        connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "select payout_id from payout.payout where contest_id = @contestId and revision = @revision and player_id = @playerId",
            new { contestId, revision, playerId }, cancellationToken: ct));

    public static async Task<IReadOnlyList<LedgerLineRow>> LedgerLines(this NpgsqlConnection connection, string contestId, string playerId, CancellationToken ct) =>
        (await connection.QueryAsync<LedgerLineRow>(new CommandDefinition(
            """
            select transfer_id, debit_account, credit_account, amount_minor, currency, code, reference, posted_at
            from payout.ledger_transfer
            where contest_id = @contestId
                and @playerId in (substr(debit_account, strpos(debit_account, ':') + 1), substr(credit_account, strpos(credit_account, ':') + 1))
            order by posted_at, transfer_id
            """,
            new { contestId, playerId }, cancellationToken: ct))).AsList();
}
