-- Entries that are not paid keep their places for a while after the lock: a payment of before may be heard of later. Asked for whenever a contest that is locked or live is looked at.
create index reserved_entry_unpaid on scoring.reserved_entry (contest_id) where state = 'reserved';
