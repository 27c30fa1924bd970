-- Who did what, append-only and hash-chained. Sharded by subject, so that actions on different payouts do not wait for each other.
create table payout.audit_head (
    shard smallint primary key check (shard between 0 and 7),
    last_no bigint not null check (last_no >= 0),
    chain bytea not null check (octet_length(chain) = 32)
);

insert into payout.audit_head (shard, last_no, chain) select generate_series(0, 7), 0, decode(repeat('00', 32), 'hex');

create table payout.audit_log (
    shard smallint not null references payout.audit_head,
    no bigint not null check (no > 0),
    actor text collate "C" not null check (actor <> ''),
    action text collate "C" not null check (action <> ''),
    subject text collate "C" not null check (subject <> ''),
    contest_id text collate "C",
    player_id text collate "C",
    payout_id text collate "C",
    reason text not null,
    result text not null check (result <> ''),
    at timestamptz not null,
    chain bytea not null check (octet_length(chain) = 32),
    primary key (shard, no)
);

create index audit_log_contest on payout.audit_log (contest_id, at) where contest_id is not null;
create index audit_log_player on payout.audit_log (player_id, at) where player_id is not null;
create index audit_log_payout on payout.audit_log (payout_id, at) where payout_id is not null;

create trigger audit_log_append_only before update or delete or truncate on payout.audit_log
    for each statement execute function payout.refuse_change();
create trigger audit_head_stays before delete or truncate on payout.audit_head
    for each statement execute function payout.refuse_change();

grant select, update on payout.audit_head to payout;
grant select, insert on payout.audit_log to payout;
