using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Payout.Clawbacks;

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

    /// <summary>
    /// Stripe's word for a dispute that its prevention has settled: by evidence, by a refund before it, or by giving the payment
    /// back.
    /// </summary>
    public const string Prevented = "prevented";

    /// <param name="status">Stripe's word, an open set: an unknown one is taken for an open dispute.</param>
    /// <param name="movements">All that were seen: they alone say whether a prevented dispute gave the player the payment
    /// back.</param>
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

/// <summary>A dispute as Stripe shows it now.</summary>
/// <param name="ContestId">As the payment's metadata name it, like entry and player: a hint, which decides nothing.</param>
public sealed record DisputeReading(
    string DisputeId, string? ChargeId, string? PaymentIntentId, string? ContestId, string? EntryId, string? PlayerId,
    long AmountMinor, string Currency, string Reason, string Status, IReadOnlyList<DisputeMovement> Movements,
    DateTimeOffset ReadAt, StaleDispute Asked)
{
    public string Phase => DisputePhase.Of(Status, Movements);

    /// <summary>Of all readings of this dispute that are stored, if this one is.</summary>
    public long ReadingNo => Asked.Readings + 1;

    /// <returns>What went and has not come back, if the dispute is lost: minor units of this currency, 0 otherwise.</returns>
    public long LostMinor(string currency) =>
        Phase == DisputePhase.Lost ? Math.Max(0, -Movements.Where(m => m.Currency == currency).Sum(m => m.AmountMinor)) : 0;
}

/// <summary>What a dispute is about, as it was first known.</summary>
/// <param name="BookedUnder">The contest that its lines stand under, also if it was not known when the first one was
/// booked.</param>
/// <param name="RecoveredMinor">How much of the loss forfeited prizes have made good.</param>
public sealed record SavedDispute(string? ContestId, string? EntryId, string? PlayerId, string BookedUnder, long RecoveredMinor)
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
/// <param name="LostMinor">What is lost of it now, in its own currency.</param>
/// <param name="WasLost">It is lost, or once was: what the entry won may have been forfeited.</param>
/// <param name="AppliedNo">How many times something has followed from it.</param>
public sealed record DisputeFacts(
    string DisputeId, string? ContestId, string? EntryId, string? PlayerId, long AmountMinor, string Currency, string Reason,
    string Phase, string Applied, long RecoveredMinor, string Status, long LostMinor, bool WasLost, int AppliedNo);

/// <summary>
/// The ledger lines of a dispute. Pure: a movement makes the same lines whenever and however often it is seen. A bank may decide
/// more than once, and what it decided in between may never be read: what is lost is booked as the difference between what is so
/// now and what the ledger says.
/// </summary>
public static class DisputeLines
{
    /// <summary>What lines stand under whose payment names no contest.</summary>
    public const string NoContest = "none";

    public const string Lost = "dispute-lost";
    public const string Regained = "dispute-regained";

    /// <param name="bookedUnder">The contest that they stand under.</param>
    /// <param name="lossBooked">What the ledger has as lost of this dispute, by currency, in minor units.</param>
    public static List<LedgerLine> Of(DisputeReading dispute, string bookedUnder, IReadOnlyDictionary<string, long> lossBooked)
    {
        var lines = new List<LedgerLine>();
        foreach (var movement in dispute.Movements)
        {
            AddMoved(
                "dispute-withdrawn", LedgerAccounts.DisputeHolds, LedgerAccounts.StripeBalance, movement, -movement.AmountMinor);
            AddMoved(
                "dispute-reinstated", LedgerAccounts.StripeBalance, LedgerAccounts.DisputeHolds, movement, movement.AmountMinor);
            AddMoved("dispute-fee", LedgerAccounts.StripeFees, LedgerAccounts.StripeBalance, movement, movement.FeeMinor);
            AddMoved(
                "dispute-fee-returned", LedgerAccounts.StripeBalance, LedgerAccounts.StripeFees, movement, -movement.FeeMinor);
        }

        foreach (var currency in dispute.Movements.Select(m => m.Currency).Union(lossBooked.Keys).Order(StringComparer.Ordinal))
        {
            var moreMinor = dispute.LostMinor(currency) - lossBooked.GetValueOrDefault(currency);
            AddDecided(Lost, LedgerAccounts.DisputeLosses, LedgerAccounts.DisputeHolds, currency, moreMinor);
            AddDecided(Regained, LedgerAccounts.DisputeHolds, LedgerAccounts.DisputeLosses, currency, -moreMinor);
        }

        return lines;

        void AddMoved(string code, string debit, string credit, DisputeMovement movement, long amountMinor) =>
            Add($"{code}/{movement.TransactionId}", code, debit, credit, movement.Currency, amountMinor, movement.TransactionId);

        void AddDecided(string code, string debit, string credit, string currency, long amountMinor) =>
            Add($"{code}/{dispute.DisputeId}/{currency}/{dispute.ReadingNo}", code, debit, credit, currency, amountMinor,
                dispute.DisputeId);

        void Add(string words, string code, string debit, string credit, string currency, long amountMinor, string reference)
        {
            if (amountMinor > 0)
                lines.Add(new LedgerLine(words, debit, credit, currency, amountMinor, code, reference, bookedUnder, 0));
        }
    }

    /// <summary>
    /// A loss that came back needs no prize to make it good: what forfeited ones gave for it waits with the contest until people
    /// say what becomes of it.
    /// </summary>
    public static LedgerLine Unneeded(DisputeReading dispute, string contestId, long amountMinor) => new(
        $"forfeit-unneeded/{dispute.DisputeId}/{dispute.ReadingNo}", LedgerAccounts.DisputeLosses,
        LedgerAccounts.PrizeUnpaid(contestId), dispute.Currency, amountMinor, "forfeit-unneeded", dispute.DisputeId, contestId,
        0);

    /// <summary>
    /// A forfeited prize makes good the loss first; what is left of it stays with the contest as prize money nobody has.
    /// </summary>
    /// <param name="what">What the line is for: its words begin with it.</param>
    /// <param name="lossOpenMinor">How much of the loss is not made good yet.</param>
    public static List<LedgerLine> Forfeit(
        string what, string reference, PayoutRecord payout, long amountMinor, long lossOpenMinor)
    {
        var from = LedgerAccounts.PlayerPayable(payout.PlayerId);
        var toLossMinor = Math.Clamp(lossOpenMinor, 0, amountMinor);
        var lines = new List<LedgerLine>();
        if (toLossMinor > 0)
            lines.Add(new LedgerLine(
                $"{what}/loss", from, LedgerAccounts.DisputeLosses, payout.Currency, toLossMinor, "prize-forfeited", reference,
                payout.ContestId, payout.Revision));
        if (amountMinor > toLossMinor)
            lines.Add(new LedgerLine(
                $"{what}/rest", from, LedgerAccounts.PrizeUnpaid(payout.ContestId), payout.Currency, amountMinor - toLossMinor,
                "prize-forfeited", reference, payout.ContestId, payout.Revision));
        return lines;
    }
}
