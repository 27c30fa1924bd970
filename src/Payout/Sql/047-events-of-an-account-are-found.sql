-- What was told of the bank payouts of an account before the books knew it is found when they do.
create index stripe_event_bank_payout on payout.stripe_event (account, object_id) where type like 'payout.%' and account is not null;
