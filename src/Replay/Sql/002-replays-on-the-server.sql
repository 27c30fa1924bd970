-- A run may be stopped: what was produced stays produced, the rest never is.
alter table operations.replay_run drop constraint replay_run_state_check, drop constraint replay_run_ended;
alter table operations.replay_run add constraint replay_run_state_check
    check (state in ('producing', 'paused', 'settling', 'stopping', 'done', 'differs', 'stopped'));
alter table operations.replay_run add constraint replay_run_ended
    check ((ended_at is not null) = (state in ('done', 'differs', 'stopped')));

-- A replay from its wish to its end, as a server carries it out: what was asked for, what it would do, who ordered and approved it, who works on it and how far
-- that is. The run itself is a row of replay_run.
create table operations.replay (
    replay_id text collate "C" primary key,
    topic text not null,
    wish text not null,
    asked_by text not null check (btrim(asked_by) <> ''),
    asked_at timestamptz not null,
    state text not null check (state in
        ('asked', 'planning', 'planned', 'unplannable', 'awaits-approver', 'ordered', 'running', 'done', 'differs', 'refused', 'stopped')),
    changed_at timestamptz not null,
    tries integer not null default 0,
    owner text,
    heartbeat_at timestamptz,
    step text not null default '',
    step_done bigint not null default 0,
    step_expected bigint not null default 0,
    plan text,
    plan_hash text,
    run_id text,
    effect_minor bigint not null default 0 check (effect_minor >= 0),
    ordered_by text,
    reason text,
    rate_per_second integer not null default 0 check (rate_per_second >= 0),
    patience_seconds integer not null default 60 check (patience_seconds >= 0),
    approved_by text check (approved_by <> ordered_by),
    outcome text not null default '',
    constraint replay_planned check ((plan is null) = (plan_hash is null) and (plan is null) = (run_id is null)),
    constraint replay_ordered check ((ordered_by is null) = (reason is null) and (ordered_by is null or plan is not null))
);
create index replay_latest on operations.replay (asked_at desc, replay_id desc);
create index replay_to_do on operations.replay (asked_at, replay_id) where state in ('asked', 'planning', 'ordered', 'running');
create index replay_plan on operations.replay (plan_hash);
