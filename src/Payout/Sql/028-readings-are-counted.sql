-- Of two processes that read the same thing, the one whose answer is stored second may have asked first. Which it was used to be told by their clocks: where these
-- differ, what the slower one read was dropped, and read again at once, for as long as they differ. An answer counts now if none was stored since it was asked for.
alter table payout.dispute add column readings bigint not null default 0;
alter table payout.bank_payout add column readings bigint not null default 0;
