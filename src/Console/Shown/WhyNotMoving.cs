namespace ContestPipeline.WebConsole.Shown;

/// <summary>Money of one contest and revision that is owed and does not move, as the books have it.</summary>
/// <param name="PublishedMinor">What Settlement published as prizes, after fees; null: it is not known yet.</param>
/// <param name="PaidMinor">Of those, paid.</param>
/// <param name="Stage">A payout's state, or where the result itself is: <c>result-missing</c>, <c>receiving</c>, <c>posting</c>,
/// <c>contest-held</c>.</param>
/// <param name="Payouts">How many; 0 where the result itself does not move.</param>
/// <param name="Since">Of the oldest of them.</param>
public sealed record OwedRow(
    string ContestId, int Revision, string Currency, long? PublishedMinor, long PaidMinor, string Stage, long Payouts,
    long AmountMinor, DateTimeOffset Since, string? Reason);

/// <summary>Why money does not move, and what ends it.</summary>
/// <param name="Link">The page of the act; null: it goes on by itself, or outside these pages.</param>
public sealed record NotMoving(string Cause, string Act, string? Link);

/// <summary>Says of money that is owed why it does not move. No clock, no database.</summary>
public static class WhyNotMoving
{
    public static NotMoving Of(OwedRow row) => row.Stage switch
    {
        "result-missing" => new("Settlement published a result that Payout has not received",
            "look at Payout's lag and its parked messages", "/failures"),
        "receiving" => new("part of the result has not come", "look at Payout's parked messages", "/failures"),
        "posting" => new("awards are being posted to the ledger", "it goes on by itself", null),
        "contest-held" => new(row.Reason ?? "the result is held", "see the contest", Contest(row)),
        "held" => new($"{Many(row)} held for review", "decide in the approval queue",
            $"/queue?contest={Written.Part(row.ContestId)}"),
        "awaiting_account" => new($"{Many(row)} without an account that can be paid",
            "players are reminded by themselves", Contest(row)),
        "awaiting_funds" => new("Stripe's balance does not cover it", "top the balance up", "/overview#balance"),
        "failed" => new($"{Written.Number(row.Payouts)} failed ({row.Reason ?? "no reason was kept"})", "retry or leave them", Contest(row)),
        "submitting" => new("sent to Stripe, the answer is not known yet", "it is looked up by itself", null),
        _ => new($"{Many(row)} about to be sent", "it goes on by itself", null),
    };

    private static string Many(OwedRow row) => row.Payouts == 1 ? "1 payout is" : $"{Written.Number(row.Payouts)} payouts are";

    private static string Contest(OwedRow row) => $"/contests/{Written.Part(row.ContestId)}";
}
