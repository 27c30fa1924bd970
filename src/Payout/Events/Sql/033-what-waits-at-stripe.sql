-- Objects that the API key may not read, for want of a permission, and until when they are left alone. One row each: what is put off again has a later time.
create table payout.put_off (
    object_id text collate "C" primary key,
    until timestamptz not null
);

grant select, insert, update on payout.put_off to payout;
