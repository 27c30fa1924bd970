-- An entry with a fee takes its acceptance number when it is asked for, not when its payment happens to be reported: odd cents, and with them the
-- digest, then depend on the commands alone. Numbers of entries that are never paid stay unused.
alter table scoring.reserved_entry add column acceptance_no bigint;

update scoring.reserved_entry r
set acceptance_no = e.acceptance_no
from scoring.entry e
where e.contest_id = r.contest_id and e.entry_id = r.entry_id;

update scoring.reserved_entry r
set acceptance_no = c.last_acceptance_no + n.number
from scoring.contest c,
    (select contest_id, entry_id, row_number() over (partition by contest_id order by reserved_at, entry_id) as number
     from scoring.reserved_entry
     where acceptance_no is null) n
where r.acceptance_no is null and c.contest_id = r.contest_id and n.contest_id = r.contest_id and n.entry_id = r.entry_id;

update scoring.contest c
set last_acceptance_no = n.last
from (select contest_id, max(acceptance_no) as last from scoring.reserved_entry group by contest_id) n
where n.contest_id = c.contest_id and n.last > c.last_acceptance_no;

alter table scoring.reserved_entry alter column acceptance_no set not null;
alter table scoring.reserved_entry add constraint reserved_entry_acceptance_no unique (contest_id, acceptance_no);
