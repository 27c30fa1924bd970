namespace ContestPipeline.WebConsole.Shown;

/// <summary>What a contest waits for now, in one sentence. No clock, no database.</summary>
public static class ContestWaits
{
    /// <param name="state">Of Scoring's lifecycle.</param>
    /// <param name="hold">Scoring's own word for what it waits for; null: for nothing out of order.</param>
    /// <param name="settlement">State of the newest completion at Settlement; null: none came.</param>
    /// <param name="missing">What Settlement's copy lacks; empty: nothing.</param>
    /// <param name="payoutState">State of the newest revision at Payout; null: nothing came.</param>
    /// <param name="openProofs">Of a challenge, how many proofs are not decided; null: it is none.</param>
    public static string Of(string state, string? hold, string? settlement, string? missing, string? payoutState,
        string? heldReason, int? openProofs = null) =>
        state switch
        {
            "CANCELLED" => "For nothing: it is cancelled.",
            "PAID" => "For nothing: every payout has ended.",
            _ when hold is { Length: > 0 } => $"{hold}.",
            "SCHEDULED" => "For its lock time.",
            "LOCKED" when openProofs is not null => "For its start.",
            "LIVE" when openProofs is 0 => "For its end, or for proofs to be handed in.",
            "LIVE" when openProofs is { } open => $"For its end, and for {open} proofs to be decided by votes or a referee.",
            "COMPLETE" when openProofs is not null && settlement is not ("waiting" or "held") => "For its result to be settled.",
            "LOCKED" => "For its first game to begin.",
            "LIVE" => "For its last game to end.",
            "COMPLETE" when settlement == "waiting" && missing is { Length: > 0 } => $"Settlement waits for {missing}.",
            "COMPLETE" when settlement == "held" => "Settlement and Scoring rank differently: nobody is paid until that is explained.",
            "COMPLETE" => "For games to be confirmed and the result to be settled.",
            "SETTLED" when payoutState is null => "For Payout to receive the result.",
            "SETTLED" when payoutState == "held" => $"Payout holds the result: {heldReason ?? "no reason was kept"}.",
            "SETTLED" => "For its payouts to end.",
            _ => "For nothing that is known here.",
        };
}
