using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Simulation;

/// <summary>Takes a database back to how its migrations left it, many times faster than making a new one.</summary>
internal static class SimReset
{
    /// <summary>
    /// Remembers the rows that migrations wrote, and makes the functions that take everything else away. The inbox has the days of the virtual beginning
    /// (start), not those of the day on which the migrations ran.
    /// </summary>
    internal static string Prepare(DateTimeOffset start) => Text.Replace("{start}", start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{days}", Topics.InboxDays.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private const string Text =
        """
        create schema pristine;
        create function pristine.days(start date, days_kept integer) returns void language plpgsql as $$
        declare
            worker text;
            t record;
        begin
            foreach worker in array array['ingestion', 'scoring', 'settlement', 'payout'] loop
                for t in select c.relname, to_date(substr(c.relname, 7), 'YYYYMMDD') as day from pg_class c
                    where c.relnamespace = worker::regnamespace and c.relkind = 'r' and c.relname ~ '^inbox_[0-9]{8}$' loop
                    continue when t.day between start - days_kept and start + 2;
                    execute format('drop table %I.%I', worker, t.relname);
                end loop;
                execute format('select %I.inbox_maintain(%L, %s)', worker, start, days_kept);
            end loop;
        end $$;
        select pristine.days('{start}', {days});
        do $$
        declare
            t record;
            there boolean;
        begin
            for t in select schemaname, tablename from pg_tables where schemaname in ('ingestion', 'scoring', 'settlement', 'payout') loop
                execute format('select exists (select from %I.%I)', t.schemaname, t.tablename) into there;
                continue when not there;
                execute format('create table pristine.%I as select * from %I.%I', t.schemaname || '.' || t.tablename, t.schemaname, t.tablename);
            end loop;
        end $$;
        create table pristine.sequences as
            select schemaname, sequencename, start_value, last_value from pg_sequences where schemaname in ('ingestion', 'scoring', 'settlement', 'payout');
        create function pristine.reset() returns void language plpgsql as $$
        declare t record;
        begin
            set local session_replication_role = replica;
            perform pristine.days('{start}', {days});
            for t in select n.nspname as schemaname, c.relname as tablename, to_regclass(format('pristine.%I', n.nspname || '.' || c.relname)) as kept
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname in ('ingestion', 'scoring', 'settlement', 'payout') and c.relkind = 'r' and pg_relation_size(c.oid) > 0 loop
                execute format('delete from %I.%I', t.schemaname, t.tablename);
                if t.kept is not null then execute format('insert into %I.%I overriding system value select * from %s', t.schemaname, t.tablename, t.kept); end if;
            end loop;
            perform setval(format('%I.%I', s.schemaname, s.sequencename), coalesce(s.last_value, s.start_value), s.last_value is not null) from pristine.sequences s;
        end $$;
        """;

    internal const string Run = "select pristine.reset()";

    /// <summary>What was taken away takes no room any more.</summary>
    internal const string Sweep = "vacuum";
}
