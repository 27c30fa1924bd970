namespace ContestPipeline.Contestctl.Players;

/// <summary>What the pipeline keeps of a player, table by table.</summary>
/// <param name="Table">With its schema.</param>
/// <param name="Where">The player's rows; <c>@player</c> is the id.</param>
/// <param name="Without">Columns that are left out: secrets, and the machine's own marks.</param>
internal sealed record PlayerTable(string Table, string Where, params string[] Without)
{
    private const string OwnEntries =
        "(contest_id, entry_id) in (select contest_id, entry_id from scoring.entry where player_id = @player)";
    private const string OwnPayments =
        "(contest_id, entry_id) in (select contest_id, entry_id from payout.entry_payment where player_id = @player)";
    private const string OwnPayouts = "payout_id in (select payout_id from payout.payout where player_id = @player)";
    private const string Own = "player_id = @player";

    /// <summary>In the order of the export.</summary>
    public static IReadOnlyList<PlayerTable> All { get; } =
    [
        new("scoring.entry", Own), new("scoring.reserved_entry", Own),
        new("scoring.swap", OwnEntries), new("scoring.proof", Own), new("scoring.vote", "voter_id = @player"),
        new("settlement.vote", "voter_id = @player"), new("settlement.entry", Own), new("settlement.award", Own),
        new("settlement.reduction", Own),
        new("payout.award", Own), new("payout.payout", Own), new("payout.payout_change", OwnPayouts),
        new("payout.payout_hold", OwnPayouts), new("payout.attempt", OwnPayouts), new("payout.risk_assessment", OwnPayouts),
        new("payout.reduction", Own), new("payout.reduction_part", Own), new("payout.entry_payment", Own, "client_secret"),
        new("payout.entry_payment_change", OwnPayments),
        new("payout.entry_refund", OwnPayments),
        new("payout.dispute", Own), new("payout.stripe_account", Own), new("payout.bank_payout", Own),
        new("payout.onboarding", Own), new("payout.notice", Own), new("payout.wallet", Own),
        new("payout.wallet_deposit", Own, "client_secret"), new("payout.wallet_refund", Own),
        new("payout.deposit_refund", "deposit_id in (select deposit_id from payout.wallet_deposit where player_id = @player)"),
        new("payout.wallet_lot", Own),
        new("payout.wallet_use", "lot_id in (select lot_id from payout.wallet_lot where player_id = @player)"),
        new("payout.wallet_stake", Own), new("payout.wallet_withdrawal", Own), new("payout.lost_withdrawal", Own),
        new("payout.lost_stake", Own),
        new("payout.proof_file", Own), new("payout.challenge_draft", Own),
        new("payout.audit_log", $"{Own} or actor = @player", "chain"),
        new("payout.ledger_transfer", "debit_account = any(@accounts) or credit_account = any(@accounts)", "debit_chain",
            "credit_chain", "body_hash"),
    ];

    /// <summary>Accounts of the ledger that are the player's.</summary>
    public static string[] AccountsOf(string player) =>
        [$"player_payable:{player}", $"wallet:{player}", $"wallet_refunds:{player}"];
}
