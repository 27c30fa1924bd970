-- Contests whose awards are not posted: few, found without reading the others.
create index contest_incomplete on payout.contest (opened_at) where completed_at is null;

-- The approval queue, oldest or largest first.
create index payout_held_since on payout.payout (created_at, payout_id) where state = 'held';
create index payout_held_largest on payout.payout (amount_minor, payout_id) where state = 'held';

-- An entry is searched for without its contest.
create index entry_payment_entry on payout.entry_payment (entry_id);
