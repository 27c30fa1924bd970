-- Replays that people ordered: what, who, why, how far. The owner's business; no worker looks here.
create table operations.replay_run (
    run_id text collate "C" primary key,
    plan_hash text not null unique,
    topic text not null,
    plan text not null,
    who text not null check (btrim(who) <> ''),
    why text not null check (btrim(why) <> ''),
    state text not null check (state in ('producing', 'paused', 'settling', 'done', 'differs')),
    rate_per_second integer not null check (rate_per_second >= 0),
    selected bigint not null check (selected >= 0),
    produced bigint not null default 0 check (produced >= 0 and produced <= selected),
    fence bigint not null default 1,
    started_at timestamptz not null,
    changed_at timestamptz not null,
    ended_at timestamptz,
    differences text not null default '',
    constraint replay_run_ended check ((ended_at is not null) = (state in ('done', 'differs')))
);

-- begins_at: the end of the partition when the run began; from there on its records are looked for after a crash. produced_to: originals below it are acknowledged.
create table operations.replay_progress (
    run_id text collate "C" not null references operations.replay_run,
    partition integer not null,
    begins_at bigint not null,
    produced_to bigint not null,
    primary key (run_id, partition)
);
