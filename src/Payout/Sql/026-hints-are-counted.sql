-- What was read covers the hints that were known when it was asked for. The times that told that before were those of several clocks: a hint that a slower one had
-- stamped was taken for one that came before the reading.
alter table payout.dispute add column hints bigint not null default 0;
alter table payout.bank_payout add column hints bigint not null default 0;
alter table payout.transfer_reading add column hints bigint not null default 0;
