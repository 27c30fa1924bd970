-- What the pages show and nothing else: no column that holds a message's body, a secret of Stripe's or an address of a player, and no right to write.
grant usage on schema ingestion, scoring, settlement, payout to console;

grant select on scoring.contest, scoring.contest_step, scoring.contest_game to console;
grant select (game_id, version, started_at, confirmed_at, starts_at) on scoring.game to console;
grant select (contest_id, entry_id, player_id, accepted_at, withdrawn) on scoring.entry to console;

grant select on settlement.result, settlement.hold to console;
grant select (contest_id, revision, state, received_at, missing) on settlement.completion to console;

grant select on payout.contest, payout.settlement, payout.award, payout.payout, payout.payout_change, payout.payout_hold, payout.payout_review,
    payout.payout_retry, payout.risk_assessment, payout.attempt, payout.ledger_transfer, payout.transfer_reversal, payout.reconciliation,
    payout.balance_snapshot, payout.alert, payout.audit_log, payout.published_contest, payout.dispute, payout.collection to console;
grant select (notice_id, audience, kind, player_id, contest_id, title, at) on payout.notice to console;
grant select (account_id, player_id, transfers, read_at, created_at, first_seen_at, past_due, due_by, charges_enabled) on payout.stripe_account to console;
grant select (contest_id, entry_id, player_id, amount_minor, currency, pay_before, state, entry_state, give_back_reason, intent_id, charge_id, refunded_minor,
    created_at) on payout.entry_payment to console;

do $$
declare
    worker text;
begin
    foreach worker in array array['ingestion', 'scoring', 'settlement', 'payout'] loop
        execute format('grant select on %I.parked_key, %I.outbox_slice to console', worker, worker);
        execute format('grant select (position, slice, written_at) on %I.outbox to console', worker);
        execute format(
            'grant select (topic, partition, record_offset, key, key_hash, arrival, failures, error, last_error, first_seen) on %I.parked to console', worker);
    end loop;
end
$$;
