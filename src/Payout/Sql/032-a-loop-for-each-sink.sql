-- Each sink looks for its own deliveries, those to staff before those to players: what waits for a sink that does not answer is in nobody else's way.
alter table payout.notice_delivery add column for_staff boolean not null default false;

update payout.notice_delivery d set for_staff = true
from payout.notice n
where n.notice_id = d.notice_id and n.audience <> 'player' and d.state = 'due';

drop index payout.notice_delivery_due;
create index notice_delivery_due on payout.notice_delivery (sink, for_staff, due_at) where state = 'due';
