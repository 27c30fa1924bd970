-- Payouts of the platform, of a contest or of a player that an operator has stopped, until somebody lets them go again.
create table payout.halt (
    halt_no bigint generated always as identity primary key,
    scope text not null check (scope in ('payouts', 'contest', 'player')),
    subject text collate "C" not null,
    reason text not null check (reason <> ''),
    halted_by text collate "C" not null check (halted_by <> ''),
    halted_at timestamptz not null,
    lifted_at timestamptz,
    lifted_by text collate "C",
    lift_reason text,
    constraint halt_of_something check ((scope = 'payouts') = (subject = '')),
    constraint halt_lifted check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_reason is null))
);

create unique index halt_open on payout.halt (scope, subject) where lifted_at is null;

create trigger halt_stays before delete or truncate on payout.halt
    for each statement execute function payout.refuse_change();

-- What a halt that was lifted still holds is found by its reference.
create index payout_hold_manual on payout.payout_hold (reference, payout_id) where released_at is null and cause = 'manual';

-- What happened within the last minutes is counted every minute.
create index payout_change_failed on payout.payout_change (at) where state = 'failed';
create index entry_refund_asked on payout.entry_refund (asked_at) where asked_by <> 'system';
create index dispute_opened on payout.dispute (opened_at) where opened_at is not null;

grant select, insert, update (lifted_at, lifted_by, lift_reason) on payout.halt to payout;
