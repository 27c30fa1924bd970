namespace ContestPipeline.Payout.Reconciliation;

/// <summary>An amount of one currency that is in Stripe's balance, as one side has it.</summary>
public sealed record StripeHolds(string Currency, long AmountMinor);

/// <summary>All of one currency, on both sides.</summary>
/// <param name="LedgerMinor">What the ledger says Stripe holds.</param>
/// <param name="StripeMinor">What Stripe says it holds, available and pending.</param>
/// <param name="ExplainedMinor">What Stripe has more for reasons that are known: halves that are still on their way, and
/// movements that are about to be booked.</param>
public sealed record StripeTotal(string Currency, long LedgerMinor, long StripeMinor, long ExplainedMinor)
{
    public long DifferenceMinor => StripeMinor - LedgerMinor - ExplainedMinor;
}

/// <summary>What both sides are compared by as a whole.</summary>
/// <param name="Ledger">Of the moment of the ledger's facts.</param>
/// <param name="Stripe">Read after that and before Stripe's lists.</param>
/// <param name="AskedAt">When Stripe's side was asked for, UTC: what moved from that second on may be missing in it.</param>
/// <param name="ReadAt">When the answer was there, UTC: what moved after that second is missing in it.</param>
/// <param name="Waiting">Refunds that are booked and wait at Stripe for the balance.</param>
public sealed record TotalFacts(
    IReadOnlyList<StripeHolds> Ledger, IReadOnlyList<StripeHolds> Stripe, DateTimeOffset AskedAt, DateTimeOffset ReadAt,
    IReadOnlyList<MoneyFact> Waiting, IReadOnlyList<StripeOpening> Openings);

/// <summary>
/// Compares what the ledger says Stripe holds with what Stripe says it holds, to the cent. No clock, no database.
/// </summary>
public static class CompareTotals
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <returns>Each currency that either side knows of.</returns>
    public static IReadOnlyList<StripeTotal> Of(TotalFacts facts, LedgerFacts ledger, StripeFacts stripe, ReconcileWindow window)
    {
        var movements = Movements(stripe);
        return [.. Currencies(facts).Select(currency =>
            ButForTheLatest(Of(currency, facts, ledger, stripe, movements, window), facts, movements))];
    }

    /// <summary>
    /// What no movement since the beginning of the window accounts for, nor one before it of ours: restored books may book that
    /// later. What the lists have of the time after the balance was read is not in it; what moved in that second is taken to be,
    /// unless both sides are equal without it.
    /// </summary>
    /// <returns>Each currency that either side knows of.</returns>
    public static IReadOnlyList<StripeOpening> Opening(
        TotalFacts facts, LedgerFacts ledger, StripeFacts stripe, ReconcileWindow window)
    {
        var movements = Movements(stripe);
        var known = ledger.Money.Select(m => m.Subject).Concat(ledger.Booked).ToHashSet(StringComparer.Ordinal);
        var later = movements.Where(m => m.At > facts.ReadAt + s_second && !known.Contains(m.Subject)).ToArray();
        var whole = window with { SettledBefore = window.From };
        var ours = stripe.Objects.Where(IsOurs).Select(o => o.StripeId).ToHashSet(StringComparer.Ordinal);
        return [.. Currencies(facts).Select(currency => new StripeOpening(currency, Amount(currency), window.From))];

        long Amount(string currency)
        {
            var total = Of(currency, facts, ledger, stripe, movements, whole, ours);
            return total.DifferenceMinor != 0 && ButForTheLatest(total, facts, movements).DifferenceMinor == 0
                ? 0
                : total.DifferenceMinor + later.Where(m => m.Currency == currency).Sum(m => m.AmountMinor);
        }
    }

    /// <summary>
    /// A transfer or a payment with our mark; what is given back or disputed has none when a person did it at Stripe.
    /// </summary>
    private static bool IsOurs(ObjectFact made) =>
        made.Subject is not null || made.Kind is GatherFacts.Refund or GatherFacts.Dispute or GatherFacts.Reversal;

    /// <summary>Whether a movement from outside is booked by itself: not when it was before the opening.</summary>
    public static bool IsAfterOpening(IReadOnlyList<StripeOpening> openings, OutsideMovement movement) =>
        openings.FirstOrDefault(o => o.Currency == movement.Currency) is not { } opening || movement.At >= opening.FromTime;

    private static StripeTotal Of(
        string currency, TotalFacts facts, LedgerFacts ledger, StripeFacts stripe, MoneyFact[] movements, ReconcileWindow window,
        HashSet<string>? whenever = null)
    {
        var moved = movements.Select(m => m.Subject).ToHashSet(StringComparer.Ordinal);
        return new StripeTotal(
            currency, Minor(facts.Ledger, currency), Minor(facts.Stripe, currency),
            OnTheirWay(currency, ledger, stripe, window, whenever ?? [])
                + stripe.Outside.Where(m => m.IsOfPayments && m.Currency == currency && m.At >= window.From
                    && !ledger.Booked.Contains(m.Id)).Sum(m => m.NetMinor)
                - facts.Waiting.Where(w => w.Currency == currency && !moved.Contains(w.Subject)).Sum(w => w.AmountMinor));
    }

    /// <summary>
    /// The lists were read after the balance: what moved since it was asked for may not be in it. Of that as much of the latest
    /// is left out as makes both sides equal, or nothing.
    /// </summary>
    private static StripeTotal ButForTheLatest(StripeTotal total, TotalFacts facts, MoneyFact[] movements)
    {
        var later = 0L;
        foreach (var movement in movements.Where(m => m.Currency == total.Currency && m.At >= facts.AskedAt - s_second)
            .OrderByDescending(m => m.At))
        {
            later += movement.AmountMinor;
            if (total.DifferenceMinor + later == 0) return total with { ExplainedMinor = total.ExplainedMinor - later };
        }

        return total;
    }

    private static MoneyFact[] Movements(StripeFacts stripe) =>
        [.. stripe.Money, .. stripe.Outside.Where(m => m.IsOfPayments)
            .Select(m => new MoneyFact(m.Id, m.Id, MoneyParts.Gross, m.NetMinor, m.Currency, m.At))];

    private static IEnumerable<string> Currencies(TotalFacts facts) =>
        facts.Ledger.Concat(facts.Stripe).Select(h => h.Currency).Distinct().Order(StringComparer.Ordinal);

    /// <summary>
    /// By what Stripe's side is ahead of ours in things so young that their line may be still to come. Lines follow their
    /// movements: one whose movement is not listed is of one that is long in the balance.
    /// </summary>
    /// <param name="whenever">Subjects that count however old they are.</param>
    private static long OnTheirWay(
        string currency, LedgerFacts ledger, StripeFacts stripe, ReconcileWindow window, HashSet<string> whenever)
    {
        var ahead = new Dictionary<string, (long Minor, DateTimeOffset Newest)>(StringComparer.Ordinal);
        foreach (var movement in stripe.Money.Where(m => m.Currency == currency)) Add(movement, movement.AmountMinor);
        foreach (var line in ledger.Money.Where(m => m.Currency == currency && ahead.ContainsKey(m.Subject)))
            Add(line, -line.AmountMinor);
        return ahead.Where(a => a.Value.Newest >= window.SettledBefore || whenever.Contains(a.Key)).Sum(a => a.Value.Minor);

        void Add(MoneyFact fact, long minor)
        {
            var (sum, newest) = ahead.GetValueOrDefault(fact.Subject, (0, DateTimeOffset.MinValue));
            ahead[fact.Subject] = (sum + minor, fact.At > newest ? fact.At : newest);
        }
    }

    private static long Minor(IReadOnlyList<StripeHolds> holds, string currency) =>
        holds.Where(h => h.Currency == currency).Sum(h => h.AmountMinor);
}
