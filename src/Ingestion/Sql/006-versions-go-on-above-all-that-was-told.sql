-- What a database that went back has forgotten may have been told under any version up to now: also of games and athletes that it does not know at all, which begin anew.
-- Versions begin above the floor.
create table ingestion.version_floor (
    is_only boolean primary key default true check (is_only),
    version bigint not null check (version >= 0)
);

insert into ingestion.version_floor (version) values (0);

grant select, update on ingestion.version_floor to ingestion;

-- Leaves every version behind that may have been told and forgotten; harmless when nothing was. From the milliseconds since 1970 on, and no further: a line changes less often
-- than each of them, so that whoever restores one back-up twice comes out higher the second time. Each game is told whole with its next message.
create function ingestion.raise_versions(at timestamptz default now()) returns bigint
    language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    floor bigint;
begin
    update ingestion.version_floor set version = greatest(version + 1, (extract(epoch from at) * 1000)::bigint) returning version into floor;
    update ingestion.line set version = greatest(version + 1, floor);
    update ingestion.game set version = greatest(version + 1, floor), change = change + 1, published = '';
    return floor;
end
$$;

revoke all on function ingestion.raise_versions(timestamptz) from public;
grant execute on function ingestion.raise_versions(timestamptz) to ingestion;
