using Dapper;
using Npgsql;

namespace ContestPipeline.Contestctl;

/// <summary>A payout as a list shows it.</summary>
internal sealed record PayoutRow(
    string PayoutId, string ContestId, int Revision, string PlayerId, long AmountMinor, string Currency, string State,
    string? Reason, string? TransferId);

/// <summary>One state in a payout's history.</summary>
internal sealed record PayoutChangeRow(int ChangeNo, string State, string? Reason, string? TransferId, DateTimeOffset At);

/// <summary>One call to Stripe, or one that was about to be made, for a payout.</summary>
internal sealed record AttemptRow(
    int AttemptNo, string IdempotencyKey, string Destination, string Outcome, int UnknownAnswers, string? LastAnswer,
    string? TransferId, DateTimeOffset FirstUsedAt, DateTimeOffset? ClosedAt);

/// <summary>Payouts that are halted.</summary>
/// <param name="Subject">The contest or the player; empty: all payouts.</param>
internal sealed record HaltRow(
    long HaltNo, string Scope, string Subject, string Reason, string HaltedBy, DateTimeOffset HaltedAt);

/// <summary>What a database says about itself.</summary>
internal sealed record ServerRow(int VersionNumber, bool IsStandby, string? Environment, DateTimeOffset Time);

/// <summary>A currency in which contests are to be paid.</summary>
/// <param name="Contests">How many that are not over; <paramref name="First"/> is one of them.</param>
internal sealed record CurrencyRow(string Currency, long Contests, string First);

/// <summary>A migration as it landed.</summary>
internal sealed record LandedRow(string Source, int Number, string Name, string Checksum);

/// <summary>What a worker's role may do.</summary>
internal sealed record RoleRow(string CurrentRole, bool IsSuperuser, bool UsesOwnSchema, string OtherSchemas);

/// <summary>All SQL of the command line. It reads, across all schemas, as the owner; it writes nothing.</summary>
internal static class ContestctlSql
{
    public static async Task<IReadOnlyList<PayoutRow>> Payouts(
        this NpgsqlConnection connection, string? contestId, string? playerId, string? state, int limit, CancellationToken ct) =>
        (await connection.QueryAsync<PayoutRow>(new CommandDefinition(
            """
            select payout_id, contest_id, revision, player_id, amount_minor, currency, state, reason, transfer_id
            from payout.payout
            where (@contestId::text is null or contest_id = @contestId)
                and (@playerId::text is null or player_id = @playerId)
                and (@state::text is null or state = @state)
            order by contest_id, revision, player_id
            limit @limit
            """,
            new { contestId, playerId, state, limit }, cancellationToken: ct))).AsList();

    /// <summary>Whether the contest was ever published.</summary>
    public static Task<bool> IsContest(this NpgsqlConnection connection, string contestId, CancellationToken ct) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from scoring.contest where contest_id = @contestId)", new { contestId }, cancellationToken: ct));

    /// <param name="contestId">Only what covers this contest; null: everything that is halted.</param>
    /// <param name="playerId">With the contest: only what covers this player of it.</param>
    public static async Task<IReadOnlyList<HaltRow>> Halts(
        this NpgsqlConnection connection, string? contestId, string? playerId, CancellationToken ct) =>
        (await connection.QueryAsync<HaltRow>(new CommandDefinition(
            """
            select halt_no, scope, subject, reason, halted_by, halted_at
            from payout.halt
            where lifted_at is null and (@contestId::text is null or scope = 'payouts'
                or scope = 'contest' and subject = @contestId or scope = 'player' and subject = @playerId)
            order by halt_no
            """,
            new { contestId, playerId }, cancellationToken: ct))).AsList();

    public static Task<PayoutRow?> Payout(this NpgsqlConnection connection, string payoutId, CancellationToken ct) =>
        connection.QuerySingleOrDefaultAsync<PayoutRow?>(new CommandDefinition(
            """
            select payout_id, contest_id, revision, player_id, amount_minor, currency, state, reason, transfer_id
            from payout.payout
            where payout_id = @payoutId
            """,
            new { payoutId }, cancellationToken: ct));

    public static async Task<IReadOnlyList<PayoutChangeRow>> PayoutChanges(
        this NpgsqlConnection connection, string payoutId, CancellationToken ct) =>
        (await connection.QueryAsync<PayoutChangeRow>(new CommandDefinition(
            "select change_no, state, reason, transfer_id, at from payout.payout_change where payout_id = @payoutId order by "
                + "change_no",
            new { payoutId }, cancellationToken: ct))).AsList();

    public static async Task<IReadOnlyList<AttemptRow>> Attempts(
        this NpgsqlConnection connection, string payoutId, CancellationToken ct) =>
        (await connection.QueryAsync<AttemptRow>(new CommandDefinition(
            """
            select attempt_no, idempotency_key, destination, outcome, unknown_answers, last_answer, transfer_id, first_used_at,
                closed_at
            from payout.attempt
            where payout_id = @payoutId
            order by attempt_no
            """,
            new { payoutId }, cancellationToken: ct))).AsList();

    /// <summary>Environment null: the database was never migrated.</summary>
    public static async Task<ServerRow> Server(this NpgsqlConnection connection, CancellationToken ct)
    {
        var stamped = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition("select to_regclass('pipeline.environment') is not null", cancellationToken: ct));
        return await connection.QuerySingleAsync<ServerRow>(new CommandDefinition(
            $"""
            select current_setting('server_version_num')::int as version_number, pg_is_in_recovery() as is_standby,
                {(stamped ? "(select name from pipeline.environment)" : "null::text")} as environment, clock_timestamp() as time
            """,
            cancellationToken: ct));
    }

    /// <summary>Of contests that are neither paid nor cancelled.</summary>
    public static async Task<IReadOnlyList<CurrencyRow>> CurrenciesToPay(
        this NpgsqlConnection connection, CancellationToken ct) =>
        (await connection.QueryAsync<CurrencyRow>(new CommandDefinition(
            """
            select c.definition::jsonb ->> 'currency' as currency, count(*) as contests, min(c.contest_id) as first
            from scoring.contest c
            where c.state not in ('PAID', 'CANCELLED')
            group by 1
            order by 1
            """,
            cancellationToken: ct))).AsList();

    /// <returns>The account at Stripe that Payout's database tells of; null when it tells of none yet.</returns>
    public static async Task<string?> StampedAccount(this NpgsqlConnection connection, CancellationToken ct)
    {
        var exists = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition("select to_regclass('payout.platform_account') is not null", cancellationToken: ct));
        return exists
            ? await connection.ExecuteScalarAsync<string?>(
                new CommandDefinition("select account_id from payout.platform_account", cancellationToken: ct)) : null;
    }

    /// <summary>Empty when the schema does not exist.</summary>
    public static async Task<IReadOnlyList<LandedRow>> Landed(
        this NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass(@table) is not null", new { table = $"{schema}.migration" }, cancellationToken: ct));
        if (!exists) return [];
        return (await connection.QueryAsync<LandedRow>(new CommandDefinition(
            $"select source, number, name, checksum from {schema}.migration order by source, number",
            cancellationToken: ct))).AsList();
    }

    public static Task<RoleRow> Role(this NpgsqlConnection connection, string schema, CancellationToken ct) =>
        connection.QuerySingleAsync<RoleRow>(new CommandDefinition(
            """
            select current_user::text as current_role,
                (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
                coalesce(has_schema_privilege(to_regnamespace(@schema)::oid, 'usage'), false) as uses_own_schema,
                coalesce((select string_agg(nspname, ', ' order by nspname) from pg_namespace
                    where nspname in ('ingestion', 'scoring', 'settlement', 'payout') and nspname <> @schema
                        and has_schema_privilege(oid, 'usage')), '') as other_schemas
            """,
            new { schema }, cancellationToken: ct));
}
