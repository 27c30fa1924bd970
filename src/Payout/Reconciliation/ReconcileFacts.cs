namespace ContestPipeline.Payout.Reconciliation;

/// <summary>The comparisons; a difference is named in the one where it shows first.</summary>
public static class ReconcileLegs
{
    /// <summary>The ledger's lines of Stripe's balance, against Stripe's balance transactions.</summary>
    public const string Balance = "balance";

    /// <summary>Payouts, payments, refunds, reversals and disputes here, against those at Stripe.</summary>
    public const string Objects = "objects";

    /// <summary>What happened at Stripe, against the events that told us.</summary>
    public const string Events = "events";

    /// <summary>
    /// The ledger's balance of Stripe's balance, against what Stripe says it holds: whatever the other comparisons looked at or
    /// passed over.
    /// </summary>
    public const string Total = "total";

    /// <summary>What was awarded to whom as it was published, against the ledger and the payouts.</summary>
    public const string Results = "results";
}

/// <summary>Everything that can be different.</summary>
public static class DifferenceKinds
{
    /// <summary>Both sides know of it, and one of them lacks a part of it: a line, a record, an event.</summary>
    public const string Missing = "missing";
    public const string Duplicate = "duplicate";
    public const string Amount = "amount";
    public const string Destination = "destination";
    public const string Late = "late";
    public const string UnknownAtStripe = "unknown-at-stripe";
    public const string UnknownHere = "unknown-here";

    public static IReadOnlyList<string> All { get; } = [Missing, Duplicate, Amount, Destination, Late, UnknownAtStripe,
        UnknownHere];
}

/// <summary>Which part of a movement: what was moved, or what Stripe charged for it.</summary>
public static class MoneyParts
{
    public const string Gross = "gross";
    public const string Fee = "fee";
}

/// <summary>Money that came into Stripe's balance or left it, as one side has it.</summary>
/// <param name="Id">The row: our ledger line, or Stripe's balance transaction.</param>
/// <param name="Subject">Stripe's id of what moved it: transfer, charge, refund, dispute.</param>
/// <param name="Part">One of <see cref="MoneyParts"/>.</param>
/// <param name="AmountMinor">Positive what came in, negative what left.</param>
public sealed record MoneyFact(string Id, string Subject, string Part, long AmountMinor, string Currency, DateTimeOffset At);

/// <summary>A transfer, payment, refund, reversal or dispute, as one side has it.</summary>
/// <param name="Kind">One of the words of <see cref="GatherFacts"/>.</param>
/// <param name="StripeId">Stripe's id of it.</param>
/// <param name="Subject">Our own id: payout, entry; at Stripe it stands in the metadata, null when it does not.</param>
/// <param name="Destination">The connected account of a transfer; null of others.</param>
public sealed record ObjectFact(
    string Kind, string StripeId, string? Subject, long AmountMinor, string Currency, string? Destination, DateTimeOffset At);

/// <summary>An event that was recorded here and says that an object came into being.</summary>
/// <param name="Kind">The kind of its object, as in <see cref="ObjectFact"/>.</param>
/// <param name="ObjectId">Stripe's id of the object.</param>
/// <param name="AmountMinor">As the event had it; null when it had none.</param>
public sealed record EventFact(
    string EventId, string Kind, string ObjectId, long? AmountMinor, string? Currency, DateTimeOffset CreatedAt,
    DateTimeOffset ReceivedAt);

/// <summary>What this side has.</summary>
public sealed record LedgerFacts(IReadOnlyList<MoneyFact> Money, IReadOnlyList<ObjectFact> Objects)
{
    /// <summary>Movements from outside that need no further line: Stripe's ids of them.</summary>
    public IReadOnlySet<string> Booked { get; init; } = new HashSet<string>();
}

/// <summary>A movement that nothing here brought about.</summary>
/// <param name="Id">Stripe's balance transaction.</param>
/// <param name="Type">Stripe's word.</param>
/// <param name="NetMinor">What it changed the balance by: positive what came in.</param>
/// <param name="IsOfPayments">It is of the balance that transfers are made from.</param>
public sealed record OutsideMovement(
    string Id, string Type, MovementRule Rule, long NetMinor, string Currency, DateTimeOffset At, bool IsOfPayments = true);

/// <summary>What Stripe has.</summary>
/// <param name="Outside">Movements that the pipeline never makes - top-ups, bank payouts of the platform itself, Stripe's own
/// charges: booked, or told as differences.</param>
public sealed record StripeFacts(
    IReadOnlyList<MoneyFact> Money, IReadOnlyList<ObjectFact> Objects, IReadOnlyList<OutsideMovement> Outside)
{
    /// <summary>Payment intents that were paid, each with its charge.</summary>
    public IReadOnlyList<(string IntentId, string ChargeId)> Charged { get; init; } = [];

    /// <summary>Refunds that failed or were cancelled: they were told of, and are no objects any more.</summary>
    public IReadOnlyList<string> UndoneRefunds { get; init; } = [];
}

/// <summary>
/// What is looked at. Both sides are read with a margin around it, so that what happened at its edge finds its other half.
/// </summary>
/// <param name="SettledBefore">What is younger may still be on its way: its absence on the other side is counted as
/// pending.</param>
/// <param name="EventsFrom">Events of what is older are no longer kept anywhere, and not asked for.</param>
public sealed record ReconcileWindow(
    DateTimeOffset From, DateTimeOffset To, DateTimeOffset SettledBefore, DateTimeOffset EventsFrom = default)
{
    public bool Holds(DateTimeOffset at) => at >= From && at < To;
}

/// <summary>How long is long.</summary>
/// <param name="Prompt">For the score of timeliness.</param>
/// <param name="BookedLate">From Stripe's doing to our row.</param>
/// <param name="EventLate">From Stripe's event to its record here: longer than Stripe itself goes on trying.</param>
public sealed record ReconcilePolicy(TimeSpan Prompt, TimeSpan BookedLate, TimeSpan EventLate)
{
    public static ReconcilePolicy Default { get; } = new(
        TimeSpan.FromMinutes(10), TimeSpan.FromHours(24), TimeSpan.FromHours(72));
}

/// <summary>One thing that is not alike on both sides.</summary>
/// <param name="Subject">Stripe's id, or ours where Stripe has none.</param>
/// <param name="OursMinor">Null: not here.</param>
/// <param name="TheirsMinor">Null: not there.</param>
public sealed record Difference(
    string Leg, string Kind, string Subject, string What, long? OursMinor, long? TheirsMinor, string? Currency,
    DateTimeOffset At);

/// <summary>What a comparison found.</summary>
/// <param name="Matched">Facts that have their other half, alike in everything.</param>
/// <param name="Pending">Facts too young to have it.</param>
/// <param name="Clearing">Share of the money, by amount, whose two sides are alike; 1 is all.</param>
/// <param name="Completeness">Share of the facts whose other half is there.</param>
/// <param name="Timeliness">Share of the matched facts that were here promptly.</param>
public sealed record ReconcileReport(
    DateTimeOffset From, DateTimeOffset To, int Matched, int Pending, int Outside, long OutsideMinor, decimal Clearing,
    decimal Completeness, decimal Timeliness, IReadOnlyList<Difference> Differences)
{
    public bool Clean => Differences.Count == 0;
}
