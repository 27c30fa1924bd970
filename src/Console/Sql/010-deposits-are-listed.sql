-- A player's deposits are listed the latest first, a page at a time.
create index wallet_deposit_listed on payout.wallet_deposit (player_id, created_at, deposit_id);
