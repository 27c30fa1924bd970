-- Objects that the API key may not read, for want of a permission, and until when they are left alone. One row each: what is put off again has a later time.
create table payout.put_off (
    object_id text collate "C" primary key,
    until timestamptz not null
);

grant select, insert, update on payout.put_off to payout;

-- Why Stripe has not sent a refund that was made: one that waits for the platform's balance is owed until it is sent.
alter table payout.entry_refund add column pending_reason text;

create index entry_refund_unfunded on payout.entry_refund (contest_id, entry_id) where pending_reason = 'insufficient_funds';
