-- What people are told, once per notice and sink; and the alerts with what was done about them.
create table payout.notice (
    notice_id text collate "C" primary key,
    audience text not null check (audience in ('player', 'reviewer', 'operator')),
    kind text not null,
    player_id text collate "C",
    contest_id text collate "C",
    title text not null check (title <> ''),
    body text not null check (body <> ''),
    at timestamptz not null
);

create index notice_player on payout.notice (player_id, at) where player_id is not null;

-- level rises when an alert is told again because nobody took it up.
create table payout.notice_delivery (
    notice_id text collate "C" not null references payout.notice,
    sink text collate "C" not null,
    level integer not null check (level >= 0),
    state text not null check (state in ('due', 'sent', 'given_up')),
    attempts integer not null default 0 check (attempts >= 0),
    due_at timestamptz not null,
    lease_until timestamptz,
    fence bigint not null default 0,
    last_error text,
    sent_at timestamptz,
    primary key (notice_id, sink, level),
    constraint notice_delivery_sent check ((state = 'sent') = (sent_at is not null))
);

create index notice_delivery_due on payout.notice_delivery (due_at) where state = 'due';

create table payout.alert (
    dedup_key text collate "C" primary key,
    severity text not null check (severity in ('critical', 'warning')),
    kind text collate "C" not null,
    subject text collate "C" not null,
    cause text not null,
    recommended_action text not null,
    raised_by text not null,
    raised_at timestamptz not null,
    level integer not null default 0 check (level >= 0),
    escalate_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    resolved_by text,
    note text,
    constraint alert_acknowledged check ((acknowledged_at is null) = (acknowledged_by is null)),
    constraint alert_resolved check ((resolved_at is null) = (resolved_by is null))
);

create index alert_open on payout.alert (raised_at) where resolved_at is null;
create index alert_escalates on payout.alert (escalate_at) where escalate_at is not null;

create trigger notice_append_only before update or delete or truncate on payout.notice
    for each statement execute function payout.refuse_change();

grant select, insert on payout.notice to payout;
grant select, insert, update on payout.notice_delivery to payout;
grant select, insert, update (level, escalate_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by, note) on payout.alert to payout;

-- What a contest was published as, as far as a winner is told about it.
create table payout.published_contest (
    contest_id text collate "C" primary key,
    title text not null,
    kind text not null,
    currency text collate "C" not null,
    distribution text not null,
    platform_fee_bps integer not null,
    definition_hash text not null
);

create trigger published_contest_append_only before update or delete or truncate on payout.published_contest
    for each statement execute function payout.refuse_change();

create index award_player on payout.award (player_id);

grant select, insert on payout.published_contest to payout;
