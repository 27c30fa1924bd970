-- Entries that left their contest and had no payment here. The message that one was to be paid may have been given up, and be replayed only after this one.
create table payout.entry_left (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    entry_state text collate "C" not null check (entry_state in ('refused', 'withdrawn')),
    reason text not null,
    primary key (contest_id, entry_id)
);

create trigger entry_left_append_only before update or delete or truncate on payout.entry_left
    for each statement execute function payout.refuse_change();

grant select, insert on payout.entry_left to payout;
