-- The platform's account at Stripe that this database has paid from: keys of another one are refused at start. Written once, never changed.
create table payout.platform_account (
    is_the_one boolean primary key default true check (is_the_one),
    account_id text collate "C" not null check (account_id <> ''),
    stamped_at timestamptz not null
);

grant select, insert on payout.platform_account to payout;
