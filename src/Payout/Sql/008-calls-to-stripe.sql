-- Every request to Stripe that changes something, transfers aside: the wish, committed with what wants it; its key; and what came of it.
create table payout.stripe_call (
    key text collate "C" primary key check (length(key) between 1 and 255),
    kind text collate "C" not null check (kind <> ''),
    subject text collate "C" not null check (subject <> ''),
    body text not null,
    body_hash text not null,
    state text not null check (state in ('open', 'done', 'refused', 'gone', 'held')),
    created_at timestamptz not null,
    due_at timestamptz,
    first_used_at timestamptz,
    lease_until timestamptz,
    fence bigint not null default 0,
    unknown_answers integer not null default 0,
    last_answer text,
    object_id text,
    closed_at timestamptz,
    constraint stripe_call_closed check ((state = 'open') = (closed_at is null)),
    constraint stripe_call_due_while_open check ((state = 'open') = (due_at is not null))
);

create index stripe_call_due on payout.stripe_call (kind, due_at, key) where due_at is not null;
create index stripe_call_subject on payout.stripe_call (subject);

create function payout.stripe_call_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception 'call %: what it asks for, its first use and its end are fixed', old.key using errcode = 'restrict_violation';
end $$;

create trigger stripe_call_is_fixed before update on payout.stripe_call for each row
    when ((old.key, old.kind, old.subject, old.body, old.body_hash, old.created_at)
          is distinct from (new.key, new.kind, new.subject, new.body, new.body_hash, new.created_at)
          or old.first_used_at is not null and new.first_used_at is distinct from old.first_used_at
          or old.state <> 'open' and new is distinct from old)
    execute function payout.stripe_call_is_fixed();

create trigger stripe_call_stays before delete or truncate on payout.stripe_call
    for each statement execute function payout.refuse_change();

grant select, insert, update on payout.stripe_call to payout;
