using Npgsql;

namespace ContestPipeline.Simulation;

/// <summary>
/// Keeps what one worker's schema holds, every row and every sequence, and puts it back later: many times faster than a copy of
/// the database. Only between events, when no transaction is open. The connection has to leave triggers out, as for
/// <see cref="SimReset"/>. Days of the inbox are not made or dropped meanwhile.
/// </summary>
internal static class SimBackUp
{
    /// <summary>
    /// After the migrations: makes room for one back-up of each worker, and the functions that make it and restore it.
    /// </summary>
    internal const string Prepare =
        """
        create schema kept;
        create table kept.sequence (name text primary key, value bigint not null, is_called boolean not null);
        do $$
        declare
            worker text;
            t record;
            save text;
            restore text;
        begin
            foreach worker in array array['ingestion', 'scoring', 'settlement', 'payout'] loop
                save := 'delete from kept.sequence; ';
                restore := '';
                for t in select format('%I.%I', n.nspname, c.relname) as name, format('kept.%I', n.nspname || '/' || c.relname) as
                    copy,
                        (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
                            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = worker and c.relkind in ('r', 'p') and not c.relispartition order by 1 loop
                    execute format('create unlogged table %s as select %s from %s with no data', t.copy, t.columns, t.name);
                    save := save || format('delete from %1$s; insert into %1$s select %2$s from %3$s; ', t.copy, t.columns,
                        t.name);
                    restore := restore || format('delete from %1$s; insert into %1$s (%2$s) overriding system value select %2$s from %3$s; ', t.name, t.columns, t.copy);
                end loop;
                for t in select format('%I.%I', schemaname, sequencename) as name from pg_sequences where schemaname = worker
                    order by 1 loop
                    save := save || format('insert into kept.sequence select %1$L, last_value, is_called from %1$s; ', t.name);
                    restore := restore || format('perform setval(name, value, is_called) from kept.sequence where name = %L; ',
                        t.name);
                end loop;
                execute format('create function kept.save_%s() returns void language plpgsql as %L', worker,
                    E'#variable_conflict use_column\nbegin ' || save || 'end');
                execute format('create function kept.restore_%s() returns void language plpgsql as %L', worker,
                    E'#variable_conflict use_column\nbegin ' || restore || 'end');
            end loop;
        end $$;
        """;

    internal static Task Save(NpgsqlConnection admin, string worker, CancellationToken ct) =>
        Run(admin, $"select kept.save_{worker}()", ct);

    internal static Task Restore(NpgsqlConnection admin, string worker, CancellationToken ct) =>
        Run(admin, $"select kept.restore_{worker}()", ct);

    private static async Task Run(NpgsqlConnection admin, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync(ct);
    }
}
