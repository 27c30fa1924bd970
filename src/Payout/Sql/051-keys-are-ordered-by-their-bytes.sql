-- Keys of text in the order of their bytes: the order of any other collation may change with a library of the operating system, and an index kept in the old one misses rows.
-- A trigger that names a column in its condition stands in the way: the table's triggers are made again, as they were.
do $$
declare
    k record;
    made text[];
begin
    for k in
        select c.oid, c.relname, string_agg(format('alter column %I type text collate "C"', a.attname), ', ' order by a.attname) as columns
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'payout'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype and a.attcollation <> 'pg_catalog."C"'::regcollation
            and exists (select from pg_index i where i.indrelid = a.attrelid and a.attnum = any (i.indkey))
        group by c.oid, c.relname
        order by c.relname
    loop
        select coalesce(array_agg(pg_get_triggerdef(t.oid) order by t.tgname), '{}') into made
        from pg_trigger t where t.tgrelid = k.oid and not t.tgisinternal;
        for i in 1 .. cardinality(made) loop
            execute (select format('drop trigger %I on payout.%I', t.tgname, k.relname)
                from pg_trigger t where t.tgrelid = k.oid and not t.tgisinternal and pg_get_triggerdef(t.oid) = made[i]);
        end loop;
        execute format('alter table payout.%I %s', k.relname, k.columns);
        for i in 1 .. cardinality(made) loop
            execute made[i];
        end loop;
    end loop;
end $$;
