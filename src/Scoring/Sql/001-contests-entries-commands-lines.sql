-- The one lifecycle table. Whoever changes a contest, its entries or its state locks its row here first: order per contest is commit order.
create table scoring.contest (
    contest_id text collate "C" primary key,
    slice smallint not null generated always as (mod(hashtext(contest_id)::bigint + 2147483648, 16)) stored,
    definition text not null,
    definition_hash text not null,
    state text not null check (state in ('SCHEDULED', 'LOCKED', 'LIVE', 'COMPLETE', 'SETTLED', 'PAID', 'CANCELLED')),
    lifecycle_version bigint not null check (lifecycle_version > 0),
    last_step_at timestamptz not null,
    entry_count integer not null check (entry_count >= 0),
    last_acceptance_no bigint not null check (last_acceptance_no >= entry_count),
    last_change_no bigint not null check (last_change_no >= 0),
    hold text,
    wake_at timestamptz,
    finalized_revision integer,
    settled_at timestamptz check (settled_at is null or finalized_revision is not null),
    paid_at timestamptz
);

-- The durable timers, and the contests whose standings are live.
create index contest_wake on scoring.contest (wake_at) where wake_at is not null;
create index contest_running on scoring.contest (slice, contest_id) where state in ('LOCKED', 'LIVE', 'COMPLETE');

create table scoring.contest_step (
    contest_id text collate "C" not null references scoring.contest,
    step_no integer not null,
    state text not null,
    at timestamptz not null,
    cause text not null,
    primary key (contest_id, step_no),
    unique (contest_id, state)
);

-- final_lines_hash: of the line versions the final ranking was computed from; null before.
create table scoring.contest_game (
    contest_id text collate "C" not null references scoring.contest,
    game_id text collate "C" not null,
    final_lines_hash text,
    primary key (contest_id, game_id)
);

create index contest_game_by_game on scoring.contest_game (game_id);

-- Athletes in slot order, joined by commas (ids cannot contain one); empty for an empty line-up.
create table scoring.entry (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    acceptance_no bigint not null,
    player_id text collate "C" not null,
    version integer not null check (version > 0),
    athlete_ids text collate "C" not null,
    accepted_at timestamptz not null,
    withdrawn boolean not null,
    primary key (contest_id, entry_id)
);

create unique index entry_by_acceptance on scoring.entry (contest_id, acceptance_no);
create index entry_by_player on scoring.entry (contest_id, player_id);

-- Swaps and withdrawals in order, for the standings in memory.
create table scoring.entry_change (
    contest_id text collate "C" not null,
    change_no bigint not null,
    acceptance_no bigint not null,
    primary key (contest_id, change_no)
);

-- Every command ever judged, so that the same command gets the same answer for good. What the command itself says is not repeated here.
create table scoring.command (
    command_id text collate "C" primary key,
    body_hash text not null,
    contest_id text not null,
    outcome text not null check (outcome in ('published', 'accepted', 'changed', 'withdrawn', 'cancelled', 'refused')),
    number bigint not null,
    athlete_ids text,
    reason_code text check ((reason_code is not null) = (outcome = 'refused')),
    message text,
    field text,
    at timestamptz not null
);

create table scoring.game (
    game_id text collate "C" primary key,
    version bigint not null,
    body text not null,
    started_at timestamptz,
    confirmed_at timestamptz
);

-- written_by lets a reader ask for everything a transaction may have written since its last look.
create table scoring.line (
    game_id text collate "C" not null,
    athlete_id text collate "C" not null,
    version bigint not null,
    stats text not null,
    written_by xid8 not null default pg_current_xact_id(),
    primary key (game_id, athlete_id)
);

create index line_written_by on scoring.line (written_by);

-- Who publishes the standings of which contests, and until when unless he renews.
create table scoring.standings_slice (
    slice smallint primary key,
    owner text not null,
    leased_until timestamptz not null
);

insert into scoring.standings_slice (slice, owner, leased_until) select generate_series(0, 15), '', '2000-01-01T00:00:00Z';

create table scoring.standings (
    contest_id text collate "C" primary key,
    version bigint not null
);

-- Two workers wrote the same key at the same moment: the second starts again and finds what the first one wrote.
create function scoring.give_way() returns void language plpgsql as $$
begin
    raise exception 'another worker wrote the same key at the same moment' using errcode = '40001';
end
$$;

grant select, insert, update on scoring.contest, scoring.contest_game, scoring.game, scoring.line, scoring.standings, scoring.entry to scoring;
grant select, insert on scoring.contest_step, scoring.entry_change, scoring.command to scoring;
grant select, update on scoring.standings_slice to scoring;
