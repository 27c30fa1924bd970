-- What is collected for entries and what goes back. A row of history for every change; what is collected for whom never changes.
create table payout.entry_payment (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    player_id text collate "C" not null,
    player_entry_no integer not null check (player_entry_no > 0),
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    pay_before timestamptz not null,
    state text not null check (state in ('requested', 'requires_payment', 'declined', 'paid', 'cancelled', 'partly_refunded', 'refunded')),
    entry_state text not null check (entry_state in ('awaiting', 'accepted', 'refused', 'withdrawn', 'cancelled')),
    give_back_reason text,
    intent_no integer not null default 1,
    intent_id text collate "C" unique,
    client_secret text,
    stripe_status text,
    charge_id text,
    stripe_fee_minor bigint check (stripe_fee_minor >= 0),
    cancel_no integer not null default 0,
    cancel_open boolean not null default false,
    refund_no integer not null default 0,
    refund_asked_minor bigint not null default 0,
    refunded_minor bigint not null default 0,
    refunded_by_house_minor bigint not null default 0,
    refund_stuck boolean not null default false,
    decline_mark text,
    change_no integer not null default 0,
    hints bigint not null default 0,
    read_due_at timestamptz,
    created_at timestamptz not null,
    primary key (contest_id, entry_id),
    unique (contest_id, player_id, player_entry_no),
    constraint entry_payment_paid_by_charge check ((state in ('paid', 'partly_refunded', 'refunded')) = (charge_id is not null)),
    constraint entry_payment_refunds check (
        refunded_by_house_minor >= 0 and refunded_by_house_minor <= refunded_minor and refunded_minor <= refund_asked_minor
        and refund_asked_minor <= amount_minor),
    constraint entry_payment_refunded_state check (
        (state = 'refunded') = (refunded_minor = amount_minor) and (state = 'partly_refunded') = (refunded_minor > 0 and refunded_minor < amount_minor)),
    constraint entry_payment_stands check ((give_back_reason is null) = (entry_state in ('awaiting', 'accepted')))
);

create index entry_payment_read_due on payout.entry_payment (read_due_at) where read_due_at is not null;
create index entry_payment_player on payout.entry_payment (player_id);

create function payout.entry_payment_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception 'payment of entry %: amount, player and what was paid are fixed', old.entry_id using errcode = 'restrict_violation';
end $$;

create trigger entry_payment_is_fixed before update on payout.entry_payment for each row
    when ((old.contest_id, old.entry_id, old.player_id, old.player_entry_no, old.amount_minor, old.currency)
          is distinct from (new.contest_id, new.entry_id, new.player_id, new.player_entry_no, new.amount_minor, new.currency)
          or old.intent_id is not null and new.intent_id is distinct from old.intent_id
          or old.charge_id is not null and new.charge_id is distinct from old.charge_id)
    execute function payout.entry_payment_is_fixed();
create trigger entry_payment_stays before delete or truncate on payout.entry_payment
    for each statement execute function payout.refuse_change();

create table payout.entry_payment_change (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    change_no integer not null check (change_no > 0),
    state text not null,
    amount_minor bigint not null,
    reason text,
    at timestamptz not null,
    primary key (contest_id, entry_id, change_no),
    foreign key (contest_id, entry_id) references payout.entry_payment
);

create table payout.entry_refund (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    refund_no integer not null check (refund_no > 0),
    amount_minor bigint not null check (amount_minor > 0),
    reason text not null,
    asked_by text not null check (asked_by <> ''),
    request_id text collate "C",
    attempt integer not null check (attempt > 0),
    state text not null check (state in ('open', 'done', 'failed')),
    refund_id text collate "C" unique,
    by_house boolean not null,
    asked_at timestamptz not null,
    primary key (contest_id, entry_id, refund_no),
    foreign key (contest_id, entry_id) references payout.entry_payment,
    unique (contest_id, entry_id, request_id),
    constraint entry_refund_done check (state <> 'done' or refund_id is not null)
);

-- finalized_revision: every entry that takes part has been announced. open: cancelled, and not all fees are on their way back.
create table payout.collection (
    contest_id text collate "C" primary key,
    finalized_revision integer,
    cancel_reason text,
    open boolean not null check (not open or cancel_reason is not null)
);

create index collection_open on payout.collection (contest_id) where open;

create trigger entry_payment_change_append_only before update or delete or truncate on payout.entry_payment_change
    for each statement execute function payout.refuse_change();
create trigger entry_refund_stays before delete or truncate on payout.entry_refund
    for each statement execute function payout.refuse_change();

grant select, insert, update on payout.entry_payment, payout.entry_refund, payout.collection to payout;
grant select, insert on payout.entry_payment_change to payout;
