-- Transfers that events said were taken back, to be read again; due_at is null when there is nothing to read.
create table payout.transfer_reading (
    transfer_id text collate "C" primary key,
    hinted_at timestamptz not null,
    due_at timestamptz
);

create index transfer_reading_due on payout.transfer_reading (due_at) where due_at is not null;

-- Every reversal of a payout's transfer, whoever made it: for a lost dispute by the pipeline, or by a person at Stripe.
create table payout.transfer_reversal (
    reversal_id text collate "C" primary key,
    transfer_id text collate "C" not null,
    payout_id text collate "C" not null references payout.payout,
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    dispute_id text collate "C" references payout.dispute,
    made_at timestamptz not null,
    booked_at timestamptz not null
);

create index transfer_reversal_payout on payout.transfer_reversal (payout_id);
create index transfer_reversal_booked on payout.transfer_reversal (booked_at);

insert into payout.transfer_reversal (reversal_id, transfer_id, payout_id, amount_minor, currency, dispute_id, made_at, booked_at)
select r.reversal_id, r.transfer_id, r.payout_id, r.reversed_minor, p.currency, r.dispute_id, r.at, r.at
from payout.payout_reversal r join payout.payout p on p.payout_id = r.payout_id
where r.state = 'done';

create trigger transfer_reversal_append_only before update or delete or truncate on payout.transfer_reversal
    for each statement execute function payout.refuse_change();

-- No more comes back than was paid, and only of what was paid by that transfer.
create function payout.reversal_is_of_its_payout() returns trigger language plpgsql as $$
begin
    if not exists (
        select from payout.payout p
        where p.payout_id = new.payout_id and p.transfer_id = new.transfer_id and p.currency = new.currency
            and p.amount_minor >= (select sum(r.amount_minor) from payout.transfer_reversal r where r.payout_id = new.payout_id)) then
        raise exception 'reversal % is not of what payout % was paid', new.reversal_id, new.payout_id using errcode = 'check_violation';
    end if;

    return null;
end $$;

create trigger reversal_is_of_its_payout after insert on payout.transfer_reversal
    for each row execute function payout.reversal_is_of_its_payout();

create index dispute_lost on payout.dispute (contest_id, entry_id) where phase = 'lost';

grant select, insert, update on payout.transfer_reading to payout;
grant select, insert on payout.transfer_reversal to payout;
