-- Only accounts that a recorded request of ours made are paid. Whoever can write accounts at Stripe can name any player in their metadata: that gives nobody a prize.
alter table payout.stripe_account add column made_by text collate "C" references payout.stripe_call (key);

-- By Stripe's clock: an account's own age, which limits go by.
alter table payout.stripe_account add column created_at timestamptz;

update payout.stripe_account a
set made_by = c.key
from payout.stripe_call c
where c.kind = 'account-create' and c.state = 'done' and c.object_id = a.account_id and c.subject = a.player_id;

update payout.stripe_account set stale = true, hints = hints + 1 where gone_at is null and read_at is not null;

create function payout.account_was_asked_for() returns trigger language plpgsql as $$
begin
    if not exists (
        select from payout.stripe_call c
        where c.key = new.made_by and c.kind = 'account-create' and c.state = 'done' and c.object_id = new.account_id and c.subject = new.player_id) then
        raise exception 'account %: request % did not make it for player %', new.account_id, new.made_by, new.player_id using errcode = 'restrict_violation';
    end if;

    return null;
end $$;

create trigger account_was_asked_for after insert or update of made_by, account_id, player_id on payout.stripe_account for each row
    when (new.made_by is not null) execute function payout.account_was_asked_for();

create or replace function payout.attempt_goes_to_its_player() returns trigger language plpgsql as $$
begin
    if not exists (
        select from payout.payout p join payout.stripe_account a on a.player_id = p.player_id
        where p.payout_id = new.payout_id and a.account_id = new.destination and a.made_by is not null) then
        raise exception 'attempt %: % is no account that was made for the player of payout %', new.idempotency_key, new.destination, new.payout_id
            using errcode = 'restrict_violation';
    end if;

    return null;
end $$;
