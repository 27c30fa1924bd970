-- An operator may ask again while an attempt is under way: its failure is no answer to that.
alter table {schema}.parked_key add column request_no bigint not null default 0;
