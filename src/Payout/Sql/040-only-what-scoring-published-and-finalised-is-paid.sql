-- A result is paid only if Scoring published its contest and finalised the revision, and within the pool that the definition promises. The terms of contests that
-- were published before this are not known here and stay null: of those the pool is not checked.
alter table payout.published_contest
    add column rake_bps integer check (rake_bps between 0 and 10000),
    add column guaranteed_pool_minor bigint check (guaranteed_pool_minor > 0),
    add column late_correction_policy text;

create table payout.finalized_contest (
    contest_id text collate "C" not null,
    revision integer not null check (revision > 0),
    definition_hash text,
    finalized_at timestamptz,
    primary key (contest_id, revision)
);

-- What was finalised before this, of which no more is known.
insert into payout.finalized_contest (contest_id, revision)
select c.contest_id, r.revision
from payout.collection c
cross join generate_series(1, c.finalized_revision) as r (revision)
where c.finalized_revision is not null
order by 1, 2;

create trigger finalized_contest_append_only before update or delete or truncate on payout.finalized_contest
    for each statement execute function payout.refuse_change();

grant select, insert on payout.finalized_contest to payout;

-- Null: it came before this.
alter table payout.settlement add column definition_hash text;

-- When the first part of the result came; null: before this.
alter table payout.contest add column opened_at timestamptz;

create index contest_receiving on payout.contest (opened_at) where state = 'receiving';
