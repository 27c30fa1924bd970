using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>What is kept of an event: enough to recognise it and to compare it with the ledger.</summary>
/// <param name="Created">By Stripe's clock, whole seconds; null when the event does not say.</param>
/// <param name="AmountMinor">The amount its object had then; null when it had none.</param>
public sealed record EventRow(
    string EventId, string Type, string? ObjectId, string? Account, DateTimeOffset? Created, long? AmountMinor, string? Currency,
    string Source, DateTimeOffset ReceivedAt)
{
    public static EventRow Of(StripeEventV1 stripeEvent, string source, DateTimeOffset now) => new(
        stripeEvent.Id, stripeEvent.Type, stripeEvent.Data.Text("id"), stripeEvent.Account,
        stripeEvent.Created is { } seconds and > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
        stripeEvent.Data.Whole("amount"), stripeEvent.Data.Text("currency"), source, now);
}

/// <summary>All SQL of recorded events and of how far the sweep has come.</summary>
public static class EventSql
{
    /// <summary>
    /// Days a row is kept: longer than Stripe lists an event, so that the sweep never takes an old one for a missing one.
    /// </summary>
    public const int KeptDays = 31;

    /// <returns>False when the event is recorded already.</returns>
    /// <remarks>
    /// Stripe may make two events of one fact. The second's effect is not left out: a hint costs one more reading, and what it
    /// does has a key of its own.
    /// </remarks>
    public static async Task<bool> ClaimEvent(this Tx tx, EventRow row) => await tx.Execute(
        """
        insert into payout.stripe_event
            (event_id, type, object_id, account, created, amount_minor, currency, source, received_at)
        values
            (@EventId, @Type, @ObjectId, @Account, @Created, @AmountMinor, @Currency, @Source, @ReceivedAt)
        on conflict do nothing
        """,
        row) == 1;

    /// <returns>How many old rows were deleted.</returns>
    public static Task<int> ForgetEvents(this Tx tx, int countMax) => tx.Execute(
        """
        delete from payout.stripe_event
        where event_id in (select event_id from payout.stripe_event where received_at < @before order by received_at, event_id
            limit @countMax)
        """,
        new { before = tx.Now.AddDays(-KeptDays), countMax });
}

/// <summary>Forgets events that Stripe itself no longer lists.</summary>
public sealed class ForgetEventsJob : IJob
{
    public const int RowsMax = 10_000;

    public async Task<bool> Run(Tx tx) => await tx.ForgetEvents(RowsMax) == RowsMax;
}
