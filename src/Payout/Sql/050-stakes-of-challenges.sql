-- The terms by which the result of a challenge is judged here; null: it is none. Of a prize, the part that is the player's own stake is no winnings.
alter table payout.published_contest
    add column stake_minor bigint check (stake_minor > 0),
    add column forfeits_to_platform_bps integer check (forfeits_to_platform_bps between 0 and 10000),
    add check ((stake_minor is null) = (forfeits_to_platform_bps is null));
alter table payout.award
    add column stake_minor bigint not null default 0 check (stake_minor >= 0),
    add check (stake_minor + fee_minor <= gross_minor);
