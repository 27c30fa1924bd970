-- What is held is looked at again like what waits, only seldom.
create index completion_due on settlement.completion (next_check_at) where state in ('waiting', 'held');
drop index settlement.completion_waiting;
