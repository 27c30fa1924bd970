using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>
/// Turns rows of the database and Stripe's lists into facts that can be compared: one name for one thing on both sides.
/// </summary>
public static class GatherFacts
{
    public const string Transfer = "transfer";
    public const string Payment = "payment";
    public const string Refund = "refund";
    public const string Reversal = "reversal";
    public const string Dispute = "dispute";

    private const string ReversalMovement = "transfer_refund";

    private static readonly Dictionary<string, string> s_kindOfType = new()
    {
        [StripeEventTypes.TransferCreated] = Transfer, [StripeEventTypes.PaymentSucceeded] = Payment,
        [StripeEventTypes.RefundCreated] = Refund,
        [StripeEventTypes.DisputeCreated] = Dispute,
    };

    /// <summary>The types of events that say that something compared here came into being.</summary>
    public static IReadOnlyCollection<string> EventTypes => s_kindOfType.Keys;

    /// <summary>Whether an event names the object itself; that of a reversal names the transfer it is of.</summary>
    public static bool IsTold(string kind) => kind != Reversal;

    /// <summary>Reversals are in no list of their own: Stripe's balance has a movement for each.</summary>
    public static StripeFacts OfStripe(StripeLists lists) => new(
        [.. lists.Movements.Where(IsOurs).SelectMany(Parts)],
        [
            .. lists.Transfers.Select(t =>
                new ObjectFact(
                    Transfer, t.Id, Mark(t.Metadata, "payout_id"), t.Amount, t.Currency, t.DestinationId, t.Created.Utc())),
            .. lists.Charges.Where(c => c.Paid)
                .Select(c => new ObjectFact(Payment, c.Id, PaidMark(c.Metadata), c.Amount, c.Currency, null, c.Created.Utc())),
            .. lists.Refunds.Where(r => r.Status is not ("failed" or "canceled"))
                .Select(r => new ObjectFact(
                    Refund, r.Id, Mark(r.Metadata, "refund"), r.Amount, r.Currency, null, r.Created.Utc())),
            .. lists.Disputes.Select(d => new ObjectFact(Dispute, d.Id, null, d.Amount, d.Currency, null, d.Created.Utc())),
            .. lists.Movements.Where(m => m.Type == ReversalMovement && m.SourceId is not null)
                .Select(m => new ObjectFact(Reversal, m.SourceId, null, m.Amount, m.Currency, null, m.Created.Utc())),
        ],
        [
            .. lists.Movements.Where(m => !IsOurs(m)).Select(m => new OutsideMovement(
                m.Id, m.Type, MovementTypes.Of(m.Type, m.ReportingCategory), m.Net, m.Currency, m.Created.Utc(),
                MovementTypes.IsOfPayments(m.BalanceType))),
        ])
    {
        Charged = [.. lists.Charges.Where(c => c.Paid && c.PaymentIntentId is not null).Select(c => (c.PaymentIntentId, c.Id))],
        UndoneRefunds = [.. lists.Refunds.Where(r => r.Status is "failed" or "canceled").Select(r => r.Id)],
    };

    /// <param name="parts">Of spans of time that do not overlap.</param>
    public static StripeFacts Together(IReadOnlyList<StripeFacts> parts) => new(
        [.. parts.SelectMany(p => p.Money)], [.. parts.SelectMany(p => p.Objects)], [.. parts.SelectMany(p => p.Outside)])
    {
        Charged = [.. parts.SelectMany(p => p.Charged)],
        UndoneRefunds = [.. parts.SelectMany(p => p.UndoneRefunds)],
    };

    /// <summary>A line that names a balance transaction is about what that is about.</summary>
    public static LedgerFacts OfLedger(IReadOnlyList<BalanceLine> lines, IReadOnlyList<ObjectFact> objects, StripeFacts stripe)
    {
        var sources = stripe.Money.DistinctBy(m => m.Id).ToDictionary(m => m.Id, m => m.Subject, StringComparer.Ordinal);
        var moved = sources.Values.ToHashSet(StringComparer.Ordinal);
        return new LedgerFacts(
            [.. lines.Where(l => !l.IsOutside && (!l.WaitsForFunds || moved.Contains(l.Reference))).Select(l => new MoneyFact(
                l.LineId, sources.GetValueOrDefault(l.Reference, l.Reference), l.IsFee ? MoneyParts.Fee : MoneyParts.Gross,
                l.AmountMinor, l.Currency, l.PostedAt))],
            objects);
    }

    /// <summary>Events of payments speak of the intent, everything else of its charge.</summary>
    public static IReadOnlyList<EventFact> OfEvents(IReadOnlyList<RecordedEvent> events, StripeFacts stripe)
    {
        var charges = stripe.Charged.DistinctBy(c => c.IntentId)
            .ToDictionary(c => c.IntentId, c => c.ChargeId, StringComparer.Ordinal);
        var undone = stripe.UndoneRefunds.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. events.Where(e => !undone.Contains(e.ObjectId)).Select(e => new EventFact(
                e.EventId, s_kindOfType[e.Type], charges.GetValueOrDefault(e.ObjectId, e.ObjectId), e.AmountMinor, e.Currency,
                e.CreatedAt, e.ReceivedAt)),
        ];
    }

    private static IEnumerable<MoneyFact> Parts(BalanceTransaction movement)
    {
        var (subject, at) = (movement.SourceId ?? movement.Id, movement.Created.Utc());
        if (movement.Amount != 0)
            yield return new MoneyFact(movement.Id, subject, MoneyParts.Gross, movement.Amount, movement.Currency, at);
        if (movement.Fee != 0)
            yield return new MoneyFact(movement.Id, subject, MoneyParts.Fee, -movement.Fee, movement.Currency, at);
    }

    private static bool IsOurs(BalanceTransaction movement) =>
        MovementTypes.Of(movement.Type, movement.ReportingCategory).Use == MovementUse.Compared;

    private static string? Mark(Dictionary<string, string>? metadata, string name) => metadata?.GetValueOrDefault(name);

    /// <returns>The entry or the deposit that was paid.</returns>
    private static string? PaidMark(Dictionary<string, string>? metadata) =>
        Mark(metadata, "contest_id") is { } contest && Mark(metadata, "entry_id") is { } entry ? $"{contest}/{entry}"
            : Mark(metadata, "deposit");
}
