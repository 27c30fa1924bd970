using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Simulation;

/// <summary>Takes a database back to how its migrations left it, many times faster than making a new one.</summary>
internal static class SimReset
{
    /// <summary>
    /// Remembers the rows that migrations wrote, and makes the functions that take everything else away. The inbox has the days
    /// of the virtual beginning (start), not those of the day on which the migrations ran. The connection has to leave triggers
    /// out; a function that did so itself would be planned anew each time.
    /// </summary>
    internal static string Prepare(
        DateTimeOffset start) => Text.Replace(
            "{start}", start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{days}", Topics.InboxDays.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private const string Text =
        """
        create schema pristine;
        do $$
        declare
            worker text;
        begin
            foreach worker in array array['ingestion', 'scoring', 'settlement', 'payout'] loop
                execute format('create or replace function %I.inbox_today() returns date language sql stable as %L',
                    worker, 'select current_setting(''simulation.today'')::date');
            end loop;
        end $$;
        create table pristine.inbox_days (worker text, day date, primary key (worker, day));
        create function pristine.inbox_days() returns table (worker text, day date) language sql stable as $$
            select w.name, to_date(substr(c.relname, 7), 'YYYYMMDD')
            from unnest(array['ingestion', 'scoring', 'settlement', 'payout']) as w (name)
            join pg_inherits i on i.inhparent = (w.name || '.inbox')::regclass
            join pg_class c on c.oid = i.inhrelid
            where c.relname <> 'inbox_default'
        $$;
        create function pristine.days(start date, days_kept integer) returns void language plpgsql as $$
        declare
            t record;
        begin
            if not exists (select from pristine.inbox_days() except select from pristine.inbox_days) and
                (select count(*) from pristine.inbox_days()) = (select count(*) from pristine.inbox_days) then
                return;
            end if;
            for t in select worker, day from pristine.inbox_days() as there where day not between start - days_kept and start + 2
                loop
                execute format('drop table %I.inbox_%s', t.worker, to_char(t.day, 'YYYYMMDD'));
            end loop;
            for t in select unnest(array['ingestion', 'scoring', 'settlement', 'payout']) as worker loop
                execute format('select %I.inbox_maintain(%L, %s)', t.worker, start, days_kept);
            end loop;
        end $$;
        select pristine.days('{start}', {days});
        insert into pristine.inbox_days select worker, day from pristine.inbox_days();

        do $$
        declare
            t record;
            digest text;
            clean text := '';
        begin
            for t in select n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace
                n on n.oid = c.relnamespace
                where n.nspname in ('ingestion', 'scoring', 'settlement', 'payout') and c.relkind in ('r', 'p') and not
                    c.relispartition order by 1, 2 loop
                execute format('select md5(string_agg(t::text, ''|'' order by t::text)) from %s t', t.name) into digest;
                if digest is not null then
                    execute format('create table pristine.%I as select * from %s', t.name, t.name);
                    clean := clean || format(
                        'if (select md5(string_agg(t::text, ''|'' order by t::text)) from %1$s t) is distinct from %2$L then delete from %1$s; '
                        'insert into %1$s overriding system value select * from pristine.%3$I; end if; ', t.name, digest, t.name);
                else
                    clean := clean || format('delete from %s; ', t.name);
                end if;
            end loop;
            for t in select format('%I.%I', schemaname, sequencename) as name, coalesce(last_value, start_value) as value,
                last_value is not null as is_called
                from pg_sequences where schemaname in ('ingestion', 'scoring', 'settlement', 'payout') order by 1 loop
                clean := clean || format('perform setval(%L, %s, %L); ', t.name, t.value, t.is_called);
            end loop;
            execute format('create function pristine.reset() returns void language plpgsql as %L',
                format('begin perform pristine.days(%L, %s); %s end', '{start}', '{days}', clean));
        end $$;
        """;

    /// <summary>What the database takes for today until the transaction ends.</summary>
    internal const string SetToday = "select set_config('simulation.today', @today, true)";

    internal const string Run = "select pristine.reset()";

    /// <summary>What was taken away takes no room any more.</summary>
    internal const string Sweep = "vacuum";
}
