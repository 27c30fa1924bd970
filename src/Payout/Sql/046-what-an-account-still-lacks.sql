-- What Stripe wanted of an account's holder and did not get in time, until when it wants the rest, and whether the account may take payments itself.
alter table payout.stripe_account
    add column past_due text not null default '',
    add column due_by timestamptz,
    add column charges_enabled boolean not null default false;

-- Accounts that were read before have none of it: they are read once more.
update payout.stripe_account set stale = true, hints = hints + 1 where gone_at is null and read_at is not null;
