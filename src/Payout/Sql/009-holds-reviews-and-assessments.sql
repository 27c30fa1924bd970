-- Why a payout is held, by whom it was looked at, and what the checks found. A payout goes on when its last hold is released.
create table payout.payout_hold (
    payout_id text collate "C" not null references payout.payout,
    cause text collate "C" not null check (cause in ('dispute', 'approval', 'limit', 'manual', 'mismatch')),
    reference text collate "C" not null check (reference <> ''),
    reason text not null,
    since timestamptz not null,
    released_at timestamptz,
    released_by text,
    primary key (payout_id, cause, reference),
    constraint payout_hold_released check ((released_at is null) = (released_by is null))
);

create index payout_hold_open on payout.payout_hold (payout_id) where released_at is null;

insert into payout.payout_hold (payout_id, cause, reference, reason, since)
select p.payout_id, 'mismatch', 'change/' || p.change_no, coalesce(p.reason, ''), c.at
from payout.payout p join payout.payout_change c on c.payout_id = p.payout_id and c.change_no = p.change_no
where p.state = 'held';

create table payout.payout_review (
    payout_id text collate "C" not null references payout.payout,
    review_no integer not null check (review_no > 0),
    reviewer text collate "C" not null check (reviewer <> ''),
    decision text not null check (decision in ('release', 'reject')),
    note text not null,
    at timestamptz not null,
    primary key (payout_id, review_no),
    constraint payout_review_rejected_why check (decision <> 'reject' or note <> '')
);

create table payout.risk_assessment (
    payout_id text collate "C" not null references payout.payout,
    assessment_no integer not null check (assessment_no > 0),
    decision text not null check (decision in ('pass', 'delay', 'hold')),
    resumes_at timestamptz,
    findings jsonb not null,
    at timestamptz not null,
    primary key (payout_id, assessment_no),
    constraint risk_assessment_delay check ((decision = 'delay') = (resumes_at is not null))
);

create trigger payout_hold_stays before delete or truncate on payout.payout_hold
    for each statement execute function payout.refuse_change();
create trigger payout_review_append_only before update or delete or truncate on payout.payout_review
    for each statement execute function payout.refuse_change();
create trigger risk_assessment_append_only before update or delete or truncate on payout.risk_assessment
    for each statement execute function payout.refuse_change();

-- How long a player's account has been known: new accounts have lower limits.
alter table payout.stripe_account add column first_seen_at timestamptz not null default now();
update payout.stripe_account set first_seen_at = least(hinted_at, coalesce(read_at, hinted_at));

create index payout_of_player on payout.payout (player_id);

-- An attempt's key, parameters and destination were committed before Stripe was called: nobody changes them afterwards.
create function payout.attempt_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception 'attempt %: key, destination and an outcome are fixed', old.idempotency_key using errcode = 'restrict_violation';
end $$;

create trigger attempt_is_fixed before update on payout.attempt for each row
    when ((old.payout_id, old.attempt_no, old.idempotency_key, old.parameter_hash, old.destination, old.first_used_at)
          is distinct from (new.payout_id, new.attempt_no, new.idempotency_key, new.parameter_hash, new.destination, new.first_used_at)
          or (old.outcome <> 'open' and new.outcome <> old.outcome))
    execute function payout.attempt_is_fixed();

-- A payout belongs to a contest; one that is complete owes what Settlement decided, and nobody adds a payout to it.
create or replace function payout.payout_has_contest() returns trigger language plpgsql set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    fault text;
begin
    select case when c.contest_id is null then 'absent' else 'complete' end into fault
    from (select distinct contest_id, revision from added) named
    left join payout.contest c on c.contest_id = named.contest_id and c.revision = named.revision
    where c.contest_id is null
        or c.completed_at is not null and coalesce((
            select s.prizes_net_minor from payout.settlement s where s.contest_id = c.contest_id and s.revision = c.revision), 0) <> (
            select sum(p.amount_minor) from payout.payout p where p.contest_id = c.contest_id and p.revision = c.revision)
    limit 1;
    if fault = 'absent' then
        raise exception 'a payout belongs to a contest that is not there' using errcode = 'foreign_key_violation';
    elsif fault = 'complete' then
        raise exception 'a complete contest takes no further payout' using errcode = 'restrict_violation';
    end if;

    return null;
end $$;

grant select, insert, update (released_at, released_by) on payout.payout_hold to payout;
grant select, insert on payout.payout_review, payout.risk_assessment to payout;
