-- A reading that breaks a rule is left alone until read_after, so that what is behind it goes on; an event that hints at it brings it back at once.
alter table payout.bank_payout add column read_after timestamptz;
alter table payout.stripe_account add column read_after timestamptz;

-- A dispute may be decided more than once. booked_under is the contest of its ledger lines, which stays; lost_minor what is lost of it now, in its own currency;
-- was_lost whether it ever was: prizes were forfeited then; applied_no how many times something followed from it.
alter table payout.dispute
    add column read_after timestamptz,
    add column booked_under text collate "C",
    add column lost_minor bigint not null default 0 check (lost_minor >= 0),
    add column was_lost boolean not null default false,
    add column applied_no integer not null default 0 check (applied_no >= 0);

update payout.dispute
set booked_under = coalesce(contest_id, 'none'), lost_minor = case when phase = 'lost' then amount_minor else 0 end,
    was_lost = phase = 'lost' or applied = 'lost' or recovered_minor > 0
where phase <> 'unread';
