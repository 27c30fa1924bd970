using Dapper;
using Npgsql;

namespace ContestPipeline.Contestctl.Verifying;

/// <summary>What the books have of a player by one revision of a contest, in minor units after the platform's fee.</summary>
/// <param name="LedgerMinor">Its lines, added up.</param>
/// <param name="PayoutMinor">The payout that was made of it, before anything was taken out; or what a wallet was credited
/// with.</param>
internal sealed record BookedPlayer(int Revision, string PlayerId, long LedgerMinor, long PayoutMinor);

/// <summary>What the books say about a contest. Reads only.</summary>
internal static class BooksSql
{
    public static async Task<IReadOnlyList<BookedPlayer>> Booked(
        this NpgsqlConnection connection, string contestId, CancellationToken ct) =>
        (await connection.QueryAsync<BookedPlayer>(new CommandDefinition(
            """
            select revision, player_id, sum(booked)::bigint as ledger_minor, sum(paid)::bigint as payout_minor
            from (
                select revision, substr(case when code = 'award' then credit_account else debit_account end, 16) as player_id,
                    case when code = 'award' then amount_minor else -amount_minor end as booked, 0::bigint as paid
                from payout.ledger_transfer
                where contest_id = @contestId and code in ('award', 'platform-fee')
                union all
                select revision, player_id, 0, amount_minor from payout.payout where contest_id = @contestId and reduction_no = 0
                union all
                select revision, substr(credit_account, length('wallet:') + 1), 0, amount_minor from payout.ledger_transfer
                where contest_id = @contestId and code = 'prize-credit') parts
            group by revision, player_id
            order by revision, player_id
            """,
            new { contestId }, commandTimeout: 0, cancellationToken: ct))).AsList();
}
