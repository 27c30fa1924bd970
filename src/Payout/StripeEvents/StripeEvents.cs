using System.Collections.Frozen;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>How an event came to us.</summary>
public static class EventSources
{
    public const string Webhook = "webhook";
    public const string Sweep = "sweep";
}

/// <summary>What became of an event.</summary>
public enum EventOutcome
{
    /// <summary>Recorded, and its hint or fact applied.</summary>
    Applied,

    /// <summary>Its id is recorded already.</summary>
    Known,

    /// <summary>Of a type that is for others.</summary>
    NotOurs,
}

/// <summary>
/// The one way events take effect, whether they came by webhook or were found by the sweep: recorded once per id, then handed to
/// the function of their type, which marks an object to be read again or applies a fact that only ever grows. So order,
/// repetition and absence do not matter.
/// </summary>
public static class StripeEvents
{
    private static readonly FrozenDictionary<string,
        Func<StripeEventV1, Tx, Task>> s_byType = new Dictionary<string, Func<StripeEventV1, Tx, Task>>
    {
        [StripeEventTypes.AccountUpdated] = AccountEvents.Changed,
        [StripeEventTypes.AccountDeauthorized] = AccountEvents.Deauthorized,
        [StripeEventTypes.CapabilityUpdated] = AccountEvents.Changed,
        [StripeEventTypes.BalanceAvailable] = Recorded,
        [StripeEventTypes.ChargeRefunded] = PaymentEvents.OfIntentChanged,
        [StripeEventTypes.DisputeCreated] = DisputeEvents.Changed,
        [StripeEventTypes.DisputeUpdated] = DisputeEvents.Changed,
        [StripeEventTypes.DisputeClosed] = DisputeEvents.Changed,
        [StripeEventTypes.DisputeFundsWithdrawn] = DisputeEvents.Changed,
        [StripeEventTypes.DisputeFundsReinstated] = DisputeEvents.Changed,
        [StripeEventTypes.FraudWarningCreated] = DisputeEvents.Warned,
        [StripeEventTypes.FraudWarningUpdated] = DisputeEvents.Warned,
        [StripeEventTypes.PaymentSucceeded] = PaymentEvents.IntentChanged,
        [StripeEventTypes.PaymentFailed] = PaymentEvents.IntentChanged,
        [StripeEventTypes.PaymentCanceled] = PaymentEvents.IntentChanged,
        [StripeEventTypes.PaymentCreated] = Recorded,
        [StripeEventTypes.PaymentProcessing] = PaymentEvents.IntentChanged,
        [StripeEventTypes.PaymentRequiresAction] = PaymentEvents.IntentChanged,
        [StripeEventTypes.BankPayoutCreated] = BankPayoutEvents.Changed,
        [StripeEventTypes.BankPayoutUpdated] = BankPayoutEvents.Changed,
        [StripeEventTypes.BankPayoutPaid] = BankPayoutEvents.Changed,
        [StripeEventTypes.BankPayoutFailed] = BankPayoutEvents.Changed,
        [StripeEventTypes.BankPayoutCanceled] = BankPayoutEvents.Changed,
        [StripeEventTypes.RefundCreated] = Recorded,
        [StripeEventTypes.RefundUpdated] = PaymentEvents.OfIntentChanged,
        [StripeEventTypes.RefundFailed] = PaymentEvents.OfIntentChanged,
        [StripeEventTypes.TransferCreated] = Recorded,
        [StripeEventTypes.TransferUpdated] = Recorded,
        [StripeEventTypes.TransferReversed] = TransferEvents.Reversed,
        [StripeEventTypes.TransferPaid] = Recorded,
        [StripeEventTypes.TransferFailed] = Recorded,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Types => s_byType.Keys;

    public static bool IsOurs(string type) => s_byType.ContainsKey(type);

    /// <param name="source">One of <see cref="EventSources"/>.</param>
    public static async Task<EventOutcome> Take(this Tx tx, StripeEventV1 stripeEvent, string source)
    {
        if (!s_byType.TryGetValue(stripeEvent.Type, out var apply)) return EventOutcome.NotOurs;
        if (!await tx.ClaimEvent(EventRow.Of(stripeEvent, source, tx.Now)))
        {
            tx.Measure(() => PayoutMetrics.Took(source, "known", age: null));
            return EventOutcome.Known;
        }

        await apply(stripeEvent, tx);
        TimeSpan? age = stripeEvent.Created is { } created ? tx.Now - DateTimeOffset.FromUnixTimeSeconds(created) : null;
        tx.Measure(() => PayoutMetrics.Took(source, "applied", age));
        return EventOutcome.Applied;
    }

    /// <summary>Nothing follows but its row, which reconciliation compares.</summary>
    private static Task Recorded(StripeEventV1 stripeEvent, Tx tx) => Task.CompletedTask;
}
