-- What waits too long is looked for every minute: each state that waits is found without reading all that does not.
create index contest_posting_since on payout.contest (opened_at) where state = 'posting';
create index entry_refund_open on payout.entry_refund (asked_at) where state = 'open';
create index entry_payment_unaccepted on payout.entry_payment (contest_id) where entry_state = 'awaiting' and charge_id is not null;
create index entry_payment_requested on payout.entry_payment (created_at) where state = 'requested';
create index payout_underway on payout.payout (contest_id) where state in ('submitting', 'held', 'awaiting_funds');
