-- As 026: an account that a process had hinted at whose clock was ahead stayed to be read for as long, however often another process had read it, and that one
-- gave the payout up as one that does not come to rest.
alter table payout.stripe_account add column hints bigint not null default 0;
