-- A payout that is about to begin asks what corrections are still to take of it.
create index reduction_part_open on payout.reduction_part (contest_id, award_revision, player_id) where outcome = 'open';
