namespace ContestPipeline.Payout;

/// <summary>What a dispute means here: its own course at Stripe has more states.</summary>
public static class DisputePhase
{
    public const string Unread = "unread";

    /// <summary>The bank only asks: no money has moved.</summary>
    public const string Inquiry = "inquiry";

    /// <summary>The money is gone for now.</summary>
    public const string Open = "open";

    public const string Won = "won";
    public const string Lost = "lost";

    /// <summary>Stripe's word for a dispute that its prevention has settled: by evidence, by a refund before it, or by giving the payment back.</summary>
    public const string Prevented = "prevented";

    /// <param name="status">Stripe's word, an open set: an unknown one is taken for an open dispute.</param>
    /// <param name="movements">All that were seen: they alone say whether a prevented dispute gave the player the payment back.</param>
    public static string Of(string status, IReadOnlyList<DisputeMovement> movements) => status switch
    {
        "won" or "warning_closed" => Won,
        "lost" => Lost,
        Prevented => movements.Sum(m => m.AmountMinor) < 0 ? Lost : Won,
        "warning_needs_response" or "warning_under_review" => Inquiry,
        _ => Open,
    };
}

/// <summary>One movement of the platform's balance that belongs to a dispute, as Stripe wrote it.</summary>
/// <param name="AmountMinor">Negative: taken; positive: given back.</param>
/// <param name="FeeMinor">What Stripe charged with it.</param>
public sealed record DisputeMovement(string TransactionId, long AmountMinor, long FeeMinor, string Currency);

/// <summary>A dispute as Stripe shows it now, with what its payment was for.</summary>
public sealed record DisputeReading(
    string DisputeId, string? ChargeId, string? PaymentIntentId, string? ContestId, string? EntryId, string? PlayerId, long AmountMinor, string Currency,
    string Reason, string Status, IReadOnlyList<DisputeMovement> Movements, DateTimeOffset ReadAt, StaleDispute Asked)
{
    public string Phase => DisputePhase.Of(Status, Movements);
}

/// <summary>What a dispute is about, as it was first known.</summary>
/// <param name="BookedUnder">The contest that its lines stand under, also if it was not known when the first one was booked.</param>
public sealed record SavedDispute(string? ContestId, string? EntryId, string? PlayerId, string BookedUnder)
{
    /// <returns>True unless the reading names something else.</returns>
    public bool IsAbout(DisputeReading read) =>
        (read.ContestId ?? ContestId, read.EntryId ?? EntryId, read.PlayerId ?? PlayerId) == (ContestId, EntryId, PlayerId);
}

/// <summary>A dispute that is to be read.</summary>
/// <param name="Hints">How many events hinted at it so far.</param>
/// <param name="Readings">How many readings of it were stored so far.</param>
public sealed record StaleDispute(string DisputeId, long Hints, long Readings);

/// <summary>A dispute as it is stored.</summary>
/// <param name="Phase">What Stripe says.</param>
/// <param name="Applied">What has followed from it here: behind <paramref name="Phase"/> until everything is done.</param>
/// <param name="RecoveredMinor">How much of the loss was made good by forfeited prizes.</param>
/// <param name="Status">Stripe's word, which the phase follows from.</param>
public sealed record DisputeFacts(
    string DisputeId, string? ContestId, string? EntryId, string? PlayerId, long AmountMinor, string Currency, string Reason, string Phase, string Applied,
    long RecoveredMinor, string Status);

/// <summary>The ledger lines of a dispute. Pure: a movement makes the same lines whenever and however often it is seen.</summary>
public static class DisputeLines
{
    /// <summary>What lines stand under whose payment names no contest.</summary>
    public const string NoContest = "none";

    /// <param name="bookedUnder">The contest that they stand under.</param>
    public static List<LedgerLine> Of(DisputeReading dispute, string bookedUnder)
    {
        // Whether a prevented one is lost changes with its movements, and what was booked of the first ones does not: all of them go through the losses.
        var lost = dispute.Phase == DisputePhase.Lost || dispute.Status == DisputePhase.Prevented;
        var lines = new List<LedgerLine>();
        foreach (var movement in dispute.Movements)
        {
            if (movement.AmountMinor < 0)
            {
                Add("dispute-withdrawn", LedgerAccounts.DisputeHolds, LedgerAccounts.StripeBalance, movement, -movement.AmountMinor);
                if (lost) Add("dispute-lost", LedgerAccounts.DisputeLosses, LedgerAccounts.DisputeHolds, movement, -movement.AmountMinor);
            }
            else
            {
                Add("dispute-reinstated", LedgerAccounts.StripeBalance, LedgerAccounts.DisputeHolds, movement, movement.AmountMinor);
                if (lost) Add("dispute-regained", LedgerAccounts.DisputeHolds, LedgerAccounts.DisputeLosses, movement, movement.AmountMinor);
            }

            Add("dispute-fee", LedgerAccounts.StripeFees, LedgerAccounts.StripeBalance, movement, movement.FeeMinor);
            Add("dispute-fee-returned", LedgerAccounts.StripeBalance, LedgerAccounts.StripeFees, movement, -movement.FeeMinor);
        }

        return lines;

        void Add(string code, string debit, string credit, DisputeMovement movement, long amountMinor)
        {
            if (amountMinor <= 0) return;
            lines.Add(new LedgerLine(
                $"{code}/{movement.TransactionId}", debit, credit, movement.Currency, amountMinor, code, movement.TransactionId, bookedUnder, 0));
        }
    }

    /// <summary>A forfeited prize makes good the loss first; what is left of it stays with the contest as prize money nobody has.</summary>
    /// <param name="what">What the line is for: its words begin with it.</param>
    /// <param name="lossOpenMinor">How much of the loss is not made good yet.</param>
    public static List<LedgerLine> Forfeit(
        string what, string reference, PayoutFacts payout, long amountMinor, long lossOpenMinor)
    {
        var from = LedgerAccounts.PlayerPayable(payout.PlayerId);
        var toLossMinor = Math.Clamp(lossOpenMinor, 0, amountMinor);
        var lines = new List<LedgerLine>();
        if (toLossMinor > 0)
            lines.Add(new LedgerLine(
                $"{what}/loss", from, LedgerAccounts.DisputeLosses, payout.Currency, toLossMinor, "prize-forfeited", reference, payout.ContestId, payout.Revision));
        if (amountMinor > toLossMinor)
            lines.Add(new LedgerLine(
                $"{what}/rest", from, LedgerAccounts.PrizeUnpaid(payout.ContestId), payout.Currency, amountMinor - toLossMinor, "prize-forfeited", reference,
                payout.ContestId, payout.Revision));
        return lines;
    }
}
