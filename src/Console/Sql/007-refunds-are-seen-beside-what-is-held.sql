-- The approval queue shows what went back of a player's fees lately, but for what cancelled contests gave back by themselves.
grant select (contest_id, entry_id, amount_minor, state, asked_at, asked_by) on payout.entry_refund to console;
