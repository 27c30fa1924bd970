-- Who an account belongs to is Stripe's word when it is first read; from then on it stays. So nobody redirects a prize by giving an account to another player.
create function payout.account_keeps_its_player() returns trigger language plpgsql as $$
begin
    raise exception 'account %: it belongs to player %, and stays so', old.account_id, old.player_id using errcode = 'restrict_violation';
end $$;

create trigger account_keeps_its_player before update on payout.stripe_account for each row
    when (old.account_id is distinct from new.account_id or old.read_at is not null and old.player_id is distinct from new.player_id)
    execute function payout.account_keeps_its_player();

create trigger stripe_account_stays before delete or truncate on payout.stripe_account
    for each statement execute function payout.refuse_change();

-- A payout is sent to an account of its player and to no other.
create function payout.attempt_goes_to_its_player() returns trigger language plpgsql as $$
begin
    if not exists (
        select from payout.payout p join payout.stripe_account a on a.player_id = p.player_id
        where p.payout_id = new.payout_id and a.account_id = new.destination) then
        raise exception 'attempt %: % is no account of the player of payout %', new.idempotency_key, new.destination, new.payout_id
            using errcode = 'restrict_violation';
    end if;

    return null;
end $$;

create trigger attempt_goes_to_its_player after insert on payout.attempt for each row execute function payout.attempt_goes_to_its_player();
