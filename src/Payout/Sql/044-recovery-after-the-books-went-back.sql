-- The books may lack what was paid: from then on nothing that moves money is sent until a person begins a recovery, in which everything is looked up at Stripe first,
-- and another person ends it. At most one is open.
create table payout.recovery (
    recovery_no bigint generated always as identity primary key,
    state text not null check (state in ('stopped', 'recovering', 'ended')),
    cause text not null check (cause <> ''),
    lost_since timestamptz not null,
    stopped_at timestamptz not null,
    started_at timestamptz,
    started_by text,
    start_reason text,
    ended_at timestamptz,
    ended_by text,
    end_reason text,
    constraint recovery_started check (state <> 'recovering' or started_at is not null and started_by is not null),
    constraint recovery_ended check ((state = 'ended') = (ended_at is not null))
);

create unique index recovery_open on payout.recovery ((true)) where state <> 'ended';

grant select, insert, update on payout.recovery to payout;
