-- A failed payout that a person sends again: refusals up to then count no more.
create table payout.payout_retry (
    payout_id text collate "C" not null references payout.payout,
    retry_no integer not null check (retry_no > 0),
    after_attempt_no integer not null check (after_attempt_no > 0),
    actor text collate "C" not null check (actor <> ''),
    reason text not null check (reason <> ''),
    at timestamptz not null,
    primary key (payout_id, retry_no)
);

create trigger payout_retry_append_only before update or delete or truncate on payout.payout_retry
    for each statement execute function payout.refuse_change();

-- Payers who ask their bank for the money back. Phase is what Stripe says, applied is what has followed from it here.
create table payout.dispute (
    dispute_id text collate "C" primary key,
    charge_id text collate "C",
    payment_intent_id text collate "C",
    contest_id text collate "C",
    entry_id text collate "C",
    player_id text collate "C",
    amount_minor bigint not null default 0 check (amount_minor >= 0),
    currency text collate "C" not null default '',
    recovered_minor bigint not null default 0 check (recovered_minor >= 0),
    reason text not null default '',
    status text not null default 'unread',
    phase text not null default 'unread' check (phase in ('unread', 'inquiry', 'open', 'won', 'lost')),
    applied text not null default 'unread' check (applied in ('unread', 'inquiry', 'open', 'won', 'lost')),
    stale boolean not null,
    hinted_at timestamptz not null,
    read_at timestamptz,
    opened_at timestamptz,
    closed_at timestamptz
);

create index dispute_stale on payout.dispute (hinted_at) where stale;
create index dispute_unapplied on payout.dispute (hinted_at) where phase <> applied;
create index dispute_freezes on payout.dispute (player_id) where phase = 'open';

-- What was taken back of a paid payout.
create table payout.payout_reversal (
    payout_id text collate "C" not null references payout.payout,
    dispute_id text collate "C" not null references payout.dispute,
    transfer_id text collate "C" not null,
    asked_minor bigint not null check (asked_minor >= 0),
    reversed_minor bigint not null check (reversed_minor >= 0 and reversed_minor <= asked_minor),
    reversal_id text unique,
    state text not null check (state in ('asked', 'done', 'refused')),
    at timestamptz not null,
    primary key (payout_id, dispute_id),
    constraint payout_reversal_done check ((state = 'done') = (reversal_id is not null))
);

alter table payout.payout drop constraint payout_state_check;
alter table payout.payout add constraint payout_state_check check (state in
    ('pending', 'held', 'awaiting_account', 'awaiting_funds', 'submitting', 'paid', 'failed', 'rejected', 'reversed'));
alter table payout.payout drop constraint payout_paid_by_transfer;
alter table payout.payout add constraint payout_paid_by_transfer check ((state in ('paid', 'reversed')) = (transfer_id is not null));
alter table payout.payout drop constraint payout_at_rest;
alter table payout.payout add constraint payout_at_rest check (state not in ('paid', 'failed', 'rejected', 'reversed') or due_at is null);

-- As before, and one more way on: what was paid can be reversed.
drop trigger payout_is_fixed on payout.payout;
create trigger payout_is_fixed before update on payout.payout for each row
    when ((old.contest_id, old.revision, old.player_id, old.amount_minor, old.currency)
          is distinct from (new.contest_id, new.revision, new.player_id, new.amount_minor, new.currency)
          or (old.state in ('rejected', 'reversed') and new.state <> old.state)
          or (old.state = 'paid' and new.state not in ('paid', 'reversed'))
          or (new.state = 'reversed' and old.state not in ('paid', 'reversed')))
    execute function payout.payout_is_fixed();

grant select, insert, update on payout.dispute, payout.payout_reversal to payout;
grant select, insert on payout.payout_retry to payout;
