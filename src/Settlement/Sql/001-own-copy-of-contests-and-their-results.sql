-- Settlement's own copy of what a contest is decided by, taken from the topics alone, and what it decided. Results are only ever added.

create table settlement.contest (
    contest_id text collate "C" primary key,
    definition text not null,
    definition_hash text not null,
    cancelled_at timestamptz,
    cancel_reason text not null default ''
);

create table settlement.entry (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    player_id text not null,
    acceptance_no bigint not null check (acceptance_no > 0),
    version integer not null check (version > 0),
    lineup text not null, -- athlete ids in slot order, joined by commas
    withdrawn boolean not null,
    primary key (contest_id, entry_id)
);

-- Every version that came, not only the last: a completion names exactly the versions that count.
create table settlement.line (
    game_id text collate "C" not null,
    athlete_id text collate "C" not null,
    version bigint not null check (version > 0),
    stats text not null,
    primary key (game_id, athlete_id, version)
);

create table settlement.ranking_chunk (
    contest_id text collate "C" not null,
    revision integer not null,
    chunk integer not null check (chunk >= 0),
    body text not null,
    primary key (contest_id, revision, chunk)
);

create table settlement.completion (
    contest_id text collate "C" not null,
    revision integer not null check (revision > 0),
    body text not null,
    state text not null check (state in ('waiting', 'settled', 'held', 'cancelled')),
    received_at timestamptz not null,
    next_check_at timestamptz not null,
    missing text not null default '',
    alerted boolean not null default false,
    primary key (contest_id, revision)
);

create index completion_waiting on settlement.completion (next_check_at) where state = 'waiting';

create table settlement.award (
    contest_id text collate "C" not null,
    revision integer not null,
    entry_id text collate "C" not null,
    player_id text not null,
    rank integer not null check (rank > 0),
    points bigint not null,
    gross_minor bigint not null check (gross_minor > 0),
    fee_minor bigint not null check (fee_minor >= 0),
    net_minor bigint not null check (net_minor >= 0),
    primary key (contest_id, revision, entry_id),
    check (gross_minor = fee_minor + net_minor)
);

create table settlement.result (
    contest_id text collate "C" not null,
    revision integer not null,
    definition_hash text not null,
    currency text not null,
    entry_count integer not null check (entry_count >= 0),
    entry_fees_minor bigint not null check (entry_fees_minor >= 0),
    rake_minor bigint not null check (rake_minor >= 0),
    pool_minor bigint not null check (pool_minor >= 0),
    overlay_minor bigint not null check (overlay_minor >= 0),
    surplus_minor bigint not null check (surplus_minor >= 0),
    prizes_gross_minor bigint not null,
    platform_fees_minor bigint not null,
    prizes_net_minor bigint not null,
    house_remainder_minor bigint not null check (house_remainder_minor >= 0),
    winners integer not null,
    award_chunks integer not null,
    digest text not null check (digest ~ '^[0-9a-f]{64}$'),
    settled_at timestamptz not null,
    primary key (contest_id, revision),
    foreign key (contest_id, revision) references settlement.completion,
    check (pool_minor + surplus_minor = entry_fees_minor - rake_minor + overlay_minor),
    check (pool_minor = prizes_gross_minor + house_remainder_minor),
    check (prizes_gross_minor = platform_fees_minor + prizes_net_minor)
);

create table settlement.hold (
    contest_id text collate "C" not null,
    revision integer not null,
    difference text not null,
    held_at timestamptz not null,
    primary key (contest_id, revision),
    foreign key (contest_id, revision) references settlement.completion
);

-- A result can only stand beside awards that add up to it, whoever writes it.
create function settlement.result_matches_awards() returns trigger language plpgsql as $$
declare
    winners bigint;
    gross numeric;
    fees numeric;
begin
    select count(distinct player_id), coalesce(sum(gross_minor), 0), coalesce(sum(fee_minor), 0) into winners, gross, fees
    from settlement.award where contest_id = new.contest_id and revision = new.revision;
    if winners <> new.winners or gross <> new.prizes_gross_minor or fees <> new.platform_fees_minor then
        raise exception 'result of % revision %: % winning players with % and fees %, the result says %, % and %',
            new.contest_id, new.revision, winners, gross, fees, new.winners, new.prizes_gross_minor, new.platform_fees_minor
            using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger result_matches_awards before insert on settlement.result
    for each row execute function settlement.result_matches_awards();

grant select, insert, update on settlement.contest, settlement.entry, settlement.completion to settlement;
grant select, insert on settlement.line, settlement.ranking_chunk, settlement.award, settlement.result, settlement.hold to settlement;
