-- Keys of text in the order of their bytes: the order of any other collation may change with a library of the operating system, and an index kept in the old one misses rows.
do $$
declare
    k record;
begin
    for k in
        select c.relname, a.attname
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'ingestion'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype and a.attcollation <> 'pg_catalog."C"'::regcollation
            and (a.attname like '%\_id' or exists (select from pg_index i where i.indrelid = a.attrelid and a.attnum = any (i.indkey)))
        order by 1, 2
    loop
        execute format('alter table ingestion.%I alter column %I type text collate "C"', k.relname, k.attname);
    end loop;
end $$;
