using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Payout.LedgerAttack;

/// <summary>
/// One bit of one field of one row of the ledger or the audit log, changed by somebody with all rights and with triggers off:
/// found, and the row named. The columns are the database's own list, so none that is added can be forgotten.
/// </summary>
public sealed class TamperTests(PayoutWorld world, ITestOutputHelper output) : IClassFixture<PayoutWorld>
{
    private const int FlipsPerColumn = 12;
    private const int Seed = 20_261_121;

    [Fact]
    public async Task Any_changed_bit_of_any_column_of_ledger_and_audit_is_found_and_its_row_is_named()
    {
        await GivenHistory();
        await IsClean();
        await using var owner = new NpgsqlConnection(world.AdminConnection);
        await owner.OpenAsync();
        var columns = (await owner.QueryAsync<(string Table, string Column, string Type)>(
            """
            select table_name, column_name, data_type from information_schema.columns
            where table_schema = 'payout' and (table_name like 'ledger%' or table_name like 'audit%')
            order by table_name, ordinal_position
            """)).AsList();
        Assert.Equal(["audit_head", "audit_log", "ledger_account", "ledger_transfer"], columns.Select(c => c.Table).Distinct());

        var random = new SeededRandom(Seed);
        var missed = new List<string>();
        var (found, refused) = (0, 0);
        foreach (var (table, column, type) in columns)
        {
            var foundHere = 0;
            for (var flip = 0; flip < FlipsPerColumn; flip++)
            {
                switch (await Flip(owner, table, column, type, random))
                {
                    case true: (found, foundHere) = (found + 1, foundHere + 1); break;
                    case null: refused++; break;
                    case false: missed.Add($"{table}.{column}"); break;
                }
            }

            // A column of which the table itself refuses every other value needs no chain.
            if (foundHere == 0 && (table, column) is not ("audit_head", "shard"))
                missed.Add($"{table}.{column}: not one flip was possible");
        }

        output.WriteLine(
            $"{columns.Count} columns, {found + refused} flips: {found} found and named, {refused} refused by the table itself");
        Assert.Empty(missed.Distinct());
        await IsClean();
    }

    /// <summary>A log is read a page at a time, and a change far behind the first page is found.</summary>
    [Fact]
    public async Task A_log_of_many_pages_is_verified_page_by_page_and_a_change_on_a_later_one_is_named()
    {
        await world.Database.Run(
            tx =>
                tx.Audit([.. Enumerable.Range(1, 2 * AuditVerify.PageRows + 300)
                    .Select(i => new AuditEntry("ann", "looked", "pages", null, null, null, $"{i}", "done"))]),
                    CancellationToken.None);
        var before = await world.Database.Run(AuditVerify.Faults, CancellationToken.None);
        await using var owner = new NpgsqlConnection(world.AdminConnection);
        await owner.OpenAsync();
        var (shard, no) = await owner.QuerySingleAsync<(short Shard, long No)>(
            "select shard, no from payout.audit_log where subject = 'pages' order by no desc limit 1 offset 50");
        await owner.ExecuteAsync(
            "set session_replication_role = replica; update payout.audit_log set reason = 'another' where shard = @shard and "
                + "no = @no", new { shard, no });
        var after = await world.Database.Run(AuditVerify.Faults, CancellationToken.None);
        await owner.ExecuteAsync(
            "update payout.audit_log set reason = @was where shard = @shard and no = @no",
            new { shard, no, was = $"{2 * AuditVerify.PageRows + 250}" });

        Assert.Empty(before);
        Assert.True(no > 2 * AuditVerify.PageRows);
        Assert.Equal([$"audit row {shard}/{no}: its fields or its chain were changed"], after);
        Assert.Empty(await world.Database.Run(AuditVerify.Faults, CancellationToken.None));
    }

    /// <returns>True: found and named; false: not found, or another row named; null: a constraint refused it even to the
    /// owner.</returns>
    private async Task<bool?> Flip(NpgsqlConnection owner, string table, string column, string type, SeededRandom random)
    {
        var key = table switch
        {
            "ledger_transfer" => "transfer_id::text", "ledger_account" => "account || ' ' || currency || ' shard ' || shard",
            "audit_log" => "shard || '/' || no", _ => "'shard ' || shard",
        };
        var rows = (await owner.QueryAsync<(string Ctid, string Key)>(
            $"select ctid::text, {key} from payout.{table} {(table == "audit_head" ? "where last_no > 0" : "")} order by 2")).AsList();
        var (ctid, name) = random.Pick(rows);
        await owner.ExecuteAsync(
            $"drop table if exists kept; create temporary table kept as select * from payout.{table} where ctid = '{ctid}'::tid");
        string? changed;
        try
        {
            changed = await owner.ExecuteScalarAsync<string>(
                $"set session_replication_role = replica; update payout.{table} set {column} = {Flipped(column, type, random)} "
                    + $"where ctid = '{ctid}'::tid returning ctid::text");
        }
        catch (PostgresException refused)
            when (refused.SqlState is "23505" or "23514" or "22021" or "22003" or "22P02" or "23502")
        {
            return null;
        }
        finally
        {
            await owner.ExecuteAsync("set session_replication_role = default");
        }

        if (changed is null) return null;
        var newName = await owner.ExecuteScalarAsync<string>($"select {key} from payout.{table} where ctid = '{changed}'::tid");
        var number = await owner.ExecuteScalarAsync<string>($"select {column}::text from kept");
        var (ledger, audit) = await Named();
        await owner.ExecuteAsync(
            $"set session_replication_role = replica; delete from payout.{table} where ctid = '{changed}'::tid; insert into "
                + $"payout.{table} table kept; set session_replication_role = default");
        var told = table.StartsWith("ledger", StringComparison.Ordinal) ? ledger : audit;
        string[] names = column is "debit_no" or "credit_no"
            ? [name, newName!, $"line {number} is missing before"] : [name, newName!];
        return told.Any(t => names.Any(n => t.Contains(n, StringComparison.Ordinal)));
    }

    /// <summary>
    /// The column's value with one bit the other way round; of a time, one more or less of a power of two of microseconds; of
    /// nothing, something.
    /// </summary>
    private static string Flipped(string column, string type, SeededRandom random) => type switch
    {
        "smallint" => $"({column}::int # (1 << {random.Next(15)}))::smallint",
        "integer" => $"{column} # (1 << {random.Next(31)})",
        "bigint" => $"{column} # (1::bigint << {random.Next(63)})",
        "bytea" => Bytes(column, random.Next(256)),
        "uuid" => Uuid(column, random.Next(128)),
        "timestamp with time zone" => $"{column} + interval '1 microsecond' * (1::bigint << {random.Next(50)})",
        "text" => Text(column, random.Next(1_000), random.Next(7)),
        _ => throw new InvariantException($"column {column} is a {type}: say here how one bit of it is changed"),
    };

    private static string Bytes(string column, int bit) => $"set_bit({column}, {bit}, 1 - get_bit({column}, {bit}))";

    private static string Uuid(string column, int bit) =>
        $"encode(set_bit(uuid_send({column}), {bit}, 1 - get_bit(uuid_send({column}), {bit})), 'hex')::uuid";

    private static string Text(string column, int at, int bit) =>
        $"""
        case when coalesce({column}, '') = '' then 'a' else convert_from(set_byte(convert_to({column}, 'UTF8'), {at} % octet_length({column}),
            get_byte(convert_to({column}, 'UTF8'), {at} % octet_length({column})) # (1 << {bit})), 'UTF8') end
        """;

    private async Task<(IReadOnlyList<string> Ledger, IReadOnlyList<string> Audit)> Named() =>
        ([.. (await world.VerifyLedger()).Faults.Select(f => $"{f.Where}: {f.What}")],
            await world.Database.Run(AuditVerify.Faults, CancellationToken.None));

    private async Task IsClean()
    {
        var (ledger, audit) = await Named();
        Assert.Empty(ledger);
        Assert.Empty(audit);
    }

    /// <summary>Two contests paid, one prize taken back, and things done by people and by the system.</summary>
    private async Task GivenHistory()
    {
        await world.GivenAccount("t1");
        await world.GivenAccount("t2");
        await world.GivenSettled(
            ContestBuilder.Of("c-tamper-1", "t1", "t2"), ContestBuilder.Of("c-tamper-2", 10, ("t1", [500, 700])));
        await world.RunToRest(world.Runner());
        await world.Database.Run(
            tx => tx.Audit([.. Enumerable.Range(1, 40).Select(i => new AuditEntry(
                i % 2 == 0 ? "system" : "ana", "payout-approved", $"payout-{i}", i % 3 == 0 ? null : $"c-{i}",
                i % 3 == 1 ? null : $"p-{i}", i % 3 == 2 ? null : $"payout-{i}", "a reason", "done"))]),
            CancellationToken.None);
    }
}
