using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Payout.LedgerAttack;

/// <summary>
/// Raw SQL against the invariants of money, as each worker's role and as the owner of the database. What a role needs for its
/// work cannot be refused to it; that is found.
/// </summary>
public sealed class AttackTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const string Line =
        """
        insert into payout.ledger_transfer (transfer_id, debit_account, debit_shard, debit_no, debit_chain, credit_account,
            credit_shard, credit_no, credit_chain,
            currency, amount_minor, code, reference, contest_id, revision, posted_at)
        select gen_random_uuid(), {0}, debit_shard, debit_no + 1, debit_chain, {1}, credit_shard, credit_no + 1, credit_chain,
            currency, {2}, {3}, 'forged', contest_id, revision, {4}
        from payout.ledger_transfer where contest_id = 'c-attack' and code = 'award' limit 1
        """;

    /// <summary>Role, what is tried, the SQL, and words of the refusal.</summary>
    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "payout", "a line from an account to itself", Forged("debit_account", "debit_account", "1", "'forged'"),
            "ledger_transfer_two_accounts" },
        { "payout", "a line of nothing", Forged("debit_account", "credit_account", "0", "'forged'"),
            "ledger_transfer_amount_minor_check" },
        { "payout", "a line that takes more than nothing backwards", Forged("debit_account", "credit_account", "-5", "'forged'"),
            "ledger_transfer_amount_minor_check" },
        { "payout", "another award of a complete contest", Forged("debit_account", "credit_account", "1", "'award'"),
            "takes no further award" },
        { "payout", "another line out of the pool of a complete contest",
            Forged("debit_account", "'player_payable:eve'", "1", "'gift'"), "takes no further award" },
        { "postgres", "another award of a complete contest", Forged("debit_account", "credit_account", "1", "'award'"),
            "takes no further award" },
        { "payout", "a line twice", "insert into payout.ledger_transfer select * from payout.ledger_transfer limit 1",
            "ledger_transfer_pkey" },
        { "payout", "a pool below nothing",
            "update payout.ledger_account set balance_minor = -1 where account = 'prize_pool:c-attack'",
            "ledger_account_never_negative" },
        { "payout", "a payable below nothing",
            "update payout.ledger_account set balance_minor = -1 where account = 'player_payable:attack'",
            "ledger_account_never_negative" },
        { "postgres", "a pool below nothing",
            "update payout.ledger_account set balance_minor = -1 where account = 'prize_pool:c-attack'",
            "ledger_account_never_negative" },
        { "payout", "a second payout for the same prize",
            "insert into payout.payout select * from (select 'second', contest_id, revision, player_id, amount_minor, "
                + "currency, 'pending', null, 1, null, now(), null::timestamptz, 0, now() from payout.payout where contest_id "
                + "= 'c-attack' limit 1) p", "" },
        { "payout", "a payout of a player who won nothing",
            "insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, "
                + "created_at) values ('p-eve', 'c-attack', 1, 'eve', 1, 'usd', 'pending', 1, now())",
                "takes no further payout" },
        { "payout", "a contest that is open again",
            "update payout.contest set completed_at = null, state = 'posting' where contest_id = 'c-attack'", "is complete" },
        { "payout", "a contest completed at another time",
            "update payout.contest set completed_at = completed_at - interval '1 year' where contest_id = 'c-attack'",
            "is complete" },
        { "payout", "an award after the result",
            "update payout.award set gross_minor = gross_minor + 1, net_minor = net_minor + 1", "permission denied" },
        { "postgres", "an award after the result",
            "update payout.award set gross_minor = gross_minor + 1, net_minor = net_minor + 1", "append-only" },
        { "payout", "a settlement for more",
            "update payout.settlement set pool_minor = pool_minor + 1, overlay_minor = overlay_minor + 1", "permission denied" },
        { "payout", "a reduction after the fact", "update payout.reduction set net_minor = 0", "permission denied" },
        { "payout", "a smaller part of a reduction", "update payout.reduction_part set net_minor = 1", "permission denied" },
        { "payout", "a second number in the audit log", "insert into payout.audit_log select * from payout.audit_log limit 1",
            "audit_log_pkey" },
        { "payout", "a fork of an audit chain",
            "insert into payout.audit_log select shard, no, 'eve', action, subject, contest_id, player_id, payout_id, reason, "
                + "result, at, chain from payout.audit_log limit 1", "audit_log_pkey" },
        { "payout", "an audit row of a shard that is none",
            "insert into payout.audit_log select 9, no, actor, action, subject, contest_id, player_id, payout_id, reason, "
                + "result, at, chain from payout.audit_log limit 1", "audit_log_shard_fkey" },
        { "payout", "a trigger out of the way", "drop trigger ledger_transfer_append_only on payout.ledger_transfer",
            "must be owner" },
        { "payout", "a trigger off", "alter table payout.ledger_transfer disable trigger ledger_transfer_append_only",
            "must be owner" },
        { "payout", "a trigger that does nothing",
            "create or replace function payout.refuse_change() returns trigger language plpgsql as 'begin return null; end'",
            "" },
        { "payout", "rights it has not",
            "grant update on payout.ledger_transfer to payout; update payout.ledger_transfer set code = 'x'",
            "permission denied" },
        { "payout", "the owner's role", "set role postgres", "permission denied" },
        { "payout", "a program on the server", "copy payout.ledger_transfer to program 'cat'", "external program" },
        { "settlement", "a result for more", "update settlement.result set pool_minor = pool_minor + 1", "permission denied" },
        { "settlement", "an award less", "delete from settlement.award", "permission denied" },
        { "settlement", "what a revision took back", "update settlement.reduction set gross_minor = 1", "permission denied" },
        { "settlement", "a result without its awards",
            "insert into settlement.result values ('c-eve', 1, 'h', 'usd', 1, 0, 0, 5, 5, 0, 5, 0, 5, 0, 1, 1, repeat('0', "
                + "64), now())", "winning players" },
        { "scoring", "a state that never was", "delete from scoring.contest_step", "permission denied" },
        { "scoring", "a command's answer", "update scoring.command set outcome = 'accepted'", "permission denied" },
        { "settlement", "Scoring's ranking", "update scoring.contest set finalized_revision = 9",
            "permission denied for schema scoring" },
        { "scoring", "Settlement's awards", "insert into settlement.award values ('c', 1, 'e', 'eve', 1, 1, 1, 0, 1)",
            "permission denied for schema settlement" },
        { "ingestion", "the ledger", "insert into payout.ledger_transfer select * from payout.ledger_transfer",
            "permission denied for schema payout" },
        { "scoring", "the ledger", "select * from payout.ledger_transfer", "permission denied for schema payout" },
        { "settlement", "a payout", "update payout.payout set amount_minor = 1", "permission denied for schema payout" },
        { "payout", "Settlement's result", "insert into settlement.award values ('c', 1, 'e', 'eve', 1, 1, 1, 0, 1)",
            "permission denied for schema settlement" },
        { "payout", "Scoring's lifecycle", "update scoring.contest set state = 'PAID'", "permission denied for schema scoring" },
        { "payout", "a line of the feed", "update ingestion.game set version = 1", "permission denied for schema ingestion" },
    };

    /// <summary>
    /// What the worker's own role may write because posting needs it: what is tried, the SQL, and what verification names.
    /// </summary>
    public static TheoryData<string, string, string> Found => new()
    {
        { "a balance without a line",
            "update payout.ledger_account set balance_minor = balance_minor + 1 where account = 'player_payable:attack'",
            "account player_payable:attack" },
        { "a chain without a line",
            "update payout.ledger_account set chain = decode(repeat('ab', 32), 'hex') where account = 'player_payable:attack'",
            "account player_payable:attack" },
        { "a backdated line", Forged("'house_overlay'", "'player_payable:attack'", "1", "'gift'", "now() - interval '1 year'"),
            "account player_payable:attack" },
        { "a line to an account that was never opened", Forged("'house_overlay'", "'player_payable:eve'", "1", "'gift'"),
            "account player_payable:eve" },
        { "an account with money from nowhere",
            "insert into payout.ledger_account values ('player_payable:mallory', 'usd', 0, 500, 0, decode(repeat('00', 32), "
                + "'hex'))", "account player_payable:mallory" },
    };

    private static string Forged(string debit, string credit, string amount, string code, string at = "now()") => Line
        .Replace("{0}", debit, StringComparison.Ordinal).Replace("{1}", credit, StringComparison.Ordinal)
        .Replace("{2}", amount, StringComparison.Ordinal)
        .Replace("{3}", code, StringComparison.Ordinal).Replace("{4}", at, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task An_attack_is_refused_in_words_and_leaves_the_ledger_as_it_was(
        string role, string what, string sql, string words)
    {
        await GivenPaid();

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Try(role, sql));

        Assert.True(
            $"{refusal.MessageText} {refusal.ConstraintName}".Contains(words, StringComparison.Ordinal),
            $"{role}, {what}: {refusal.SqlState} {refusal.MessageText}");
        Assert.DoesNotContain(refusal.SqlState, (string[])["42601", "42P01", "42703", "42804"]);
        await world.LedgerIsClean();
    }

    [Theory]
    [MemberData(nameof(Found))]
    public async Task What_the_worker_s_own_role_can_forge_is_found_and_named(string what, string sql, string where)
    {
        await GivenPaid();
        await using var connection = new NpgsqlConnection(world.AdminConnection);
        await connection.OpenAsync();
        await connection.ExecuteAsync(
            "drop table if exists t_before, a_before; create temporary table t_before as table payout.ledger_transfer; create "
                + "temporary table a_before as table payout.ledger_account");

        await Try("payout", sql);
        var faults = (await world.VerifyLedger()).Faults;
        await connection.ExecuteAsync(
            """
            set session_replication_role = replica;
            delete from payout.ledger_transfer; insert into payout.ledger_transfer table t_before;
            delete from payout.ledger_account; insert into payout.ledger_account table a_before;
            set session_replication_role = default
            """);

        Assert.True(faults.Any(f => f.Where.StartsWith(where, StringComparison.Ordinal)), $"{what}: {string.Join("; ", faults)}");
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task Every_append_only_table_refuses_update_delete_and_truncate_to_its_owner()
    {
        await GivenPaid();
        await using var owner = new NpgsqlConnection(world.AdminConnection);
        var tables = (await owner.QueryAsync<string>(
            """
            select distinct c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid =
                c.relnamespace join pg_proc p on p.oid = t.tgfoid
            where n.nspname = 'payout' and p.proname = 'refuse_change' and (t.tgtype & 16) <> 0 order by 1
            """)).AsList();

        foreach (var table in tables)
        {
            var column = await owner.ExecuteScalarAsync<string>(
                "select column_name from information_schema.columns where table_schema = 'payout' and table_name = @table and "
                    + "is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position limit 1", new { table });
            foreach (var sql in (string[])[$"update payout.{table} set {column} = {column}", $"delete from payout.{table}",
                $"truncate payout.{table} cascade"])
                Assert.Contains("append-only",
                    (await Assert.ThrowsAsync<PostgresException>(() => Try("postgres", sql))).MessageText,
                    StringComparison.Ordinal);
        }

        string[] money = ["audit_log", "award", "award_chunk", "ledger_transfer", "payout_change", "prize_void", "reduction",
            "reduction_chunk", "settlement", "transfer_reversal"];
        Assert.Empty(money.Except(tables));
    }

    private async Task Try(string role, string sql)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(
            world.AdminConnection) { Username = role, Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }

    private async Task GivenPaid()
    {
        if (await world.State("c-attack") is not null) return;
        await world.GivenAccount("attack");
        await world.GivenSettled(ContestBuilder.Of("c-attack", "attack"));
        await world.RunToRest(world.Runner());
        await world.Database.Run(
            tx => ContestPipeline.Payout.Audit.AuditLog.Audit(tx,
                new ContestPipeline.Payout.Audit.AuditEntry(
                    "ana", "payout-approved", "payout", null, null, null, "a reason", "done")),
            CancellationToken.None);
    }
}
