-- How many disputes a player had lately is asked before each payout.
create index dispute_of_player on payout.dispute (player_id, opened_at) where player_id is not null;
