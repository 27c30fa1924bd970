-- What a correction under the policy resettle takes back of prizes: as Settlement decided it, never changed.
create table payout.reduction_chunk (
    contest_id text collate "C" not null,
    revision integer not null check (revision > 1),
    chunk integer not null check (chunk >= 0),
    body_hash text not null,
    primary key (contest_id, revision, chunk)
);

create table payout.reduction (
    contest_id text collate "C" not null,
    revision integer not null check (revision > 1),
    chunk integer not null,
    player_id text collate "C" not null,
    entry_id text collate "C" not null,
    place integer not null check (place > 0),
    points bigint not null,
    gross_minor bigint not null check (gross_minor > 0),
    fee_minor bigint not null check (fee_minor >= 0),
    net_minor bigint not null check (net_minor >= 0),
    primary key (contest_id, revision, entry_id),
    constraint reduction_sum check (gross_minor = fee_minor + net_minor)
);

-- Laid on the awards that it takes from, each of which has a payout of its own; and what has come of it. call_key: of the reversal asked of Stripe.
create table payout.reduction_part (
    contest_id text collate "C" not null,
    revision integer not null,
    entry_id text collate "C" not null,
    award_revision integer not null,
    player_id text collate "C" not null,
    currency text collate "C" not null,
    net_minor bigint not null check (net_minor > 0),
    outcome text not null default 'open' check (outcome in ('open', 'voided', 'asked', 'reversed', 'lost', 'told', 'none')),
    taken_minor bigint not null default 0 check (taken_minor between 0 and net_minor),
    call_key text collate "C" unique,
    reversal_id text unique,
    due_at timestamptz,
    primary key (contest_id, revision, entry_id, award_revision),
    foreign key (contest_id, revision, entry_id) references payout.reduction,
    constraint reduction_part_goes_back check (award_revision between 1 and revision - 1),
    constraint reduction_part_due check ((due_at is not null) = (outcome = 'open')),
    constraint reduction_part_reversed check ((outcome = 'reversed') = (reversal_id is not null)),
    constraint reduction_part_taken check (taken_minor = 0 or outcome in ('voided', 'reversed'))
);

create index reduction_part_due_at on payout.reduction_part (due_at) where due_at is not null;
create index reduction_part_of_award on payout.reduction_part (contest_id, award_revision, entry_id);
create index reduction_part_asked on payout.reduction_part (player_id) where outcome = 'asked';

create trigger reduction_chunk_append_only before update or delete or truncate on payout.reduction_chunk
    for each statement execute function payout.refuse_change();
create trigger reduction_append_only before update or delete or truncate on payout.reduction
    for each statement execute function payout.refuse_change();
create trigger reduction_part_stays before delete or truncate on payout.reduction_part
    for each statement execute function payout.refuse_change();

-- No award gives more than it was.
create function payout.reduction_is_of_its_award() returns trigger language plpgsql as $$
begin
    if not exists (
        select from payout.award a
        where a.contest_id = new.contest_id and a.revision = new.award_revision and a.entry_id = new.entry_id and a.player_id = new.player_id
            and a.net_minor >= (
                select sum(p.net_minor) from payout.reduction_part p
                where p.contest_id = a.contest_id and p.award_revision = a.revision and p.entry_id = a.entry_id)) then
        raise exception 'reduction of entry % in revision % is not of what revision % awarded it', new.entry_id, new.revision, new.award_revision
            using errcode = 'check_violation';
    end if;

    return null;
end $$;

create trigger reduction_is_of_its_award after insert on payout.reduction_part
    for each row execute function payout.reduction_is_of_its_award();

-- An unpaid payout shrinks for a correction as it does for a refund: what is left of it is another payout.
alter table payout.prize_void drop constraint prize_void_outcome_check;
alter table payout.prize_void add constraint prize_void_outcome_check check (outcome in ('voided', 'told', 'corrected'));

create or replace function payout.derived_payout_is_smaller() returns trigger language plpgsql as $$
declare
    original payout.payout%rowtype;
    voided bigint;
begin
    select * into original from payout.payout p where p.payout_id = new.derived_from;
    select coalesce(sum(v.amount_minor), 0) into voided from payout.prize_void v
    where v.payout_id = original.payout_id and v.outcome in ('voided', 'corrected');
    if original.state <> 'rejected' or new.amount_minor <> original.amount_minor - voided or voided = 0
        or (new.contest_id, new.revision, new.player_id, new.currency, new.reduction_no)
            is distinct from (original.contest_id, original.revision, original.player_id, original.currency, original.reduction_no + 1) then
        raise exception 'payout % does not stand for what is left of payout %', new.payout_id, new.derived_from using errcode = 'check_violation';
    end if;

    return null;
end $$;

grant select, insert on payout.reduction_chunk, payout.reduction to payout;
grant select, insert, update (outcome, taken_minor, call_key, reversal_id, due_at) on payout.reduction_part to payout;
