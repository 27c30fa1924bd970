-- A player's page shows the wallet as the player sees it. No client secret.
grant select on payout.wallet, payout.wallet_lot, payout.wallet_use, payout.wallet_stake, payout.wallet_withdrawal to console;
grant select (deposit_id, player_id, request_id, amount_minor, fee_minor, currency, state, intent_id, charge_id, charged_at, created_at)
    on payout.wallet_deposit to console;

-- A challenge's page shows its proofs and how the votes on them stand.
grant select on scoring.proof to console;
