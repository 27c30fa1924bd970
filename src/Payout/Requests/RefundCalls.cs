using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Payout.Requests;

/// <summary>Refunds as requests make and find them, whatever was paid by the intent.</summary>
public static class RefundCalls
{
    /// <summary>In a refund's metadata: our words for it.</summary>
    public const string MarkName = "refund";

    /// <summary>Stripe's word for a refund that is made and waits until the platform's balance covers it.</summary>
    public const string WaitsForFunds = "insufficient_funds";

    /// <summary>
    /// A refund that the platform's balance could not cover is asked for again after this long, with a key of its own.
    /// </summary>
    public static readonly TimeSpan FundsPause = TimeSpan.FromMinutes(5);

    /// <summary>Refunds of one payment looked at before giving up; there are few.</summary>
    private const int RefundsMax = 10_000;

    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromMinutes(10);

    /// <param name="metadata">With <see cref="MarkName"/>.</param>
    public static async Task<object> Create(
        IStripeClient stripe, string intentId, long amountMinor, Dictionary<string, string> metadata, RequestOptions options,
        CancellationToken ct) => await new RefundService(stripe).CreateAsync(
        new RefundCreateOptions { PaymentIntent = intentId, Amount = amountMinor, Metadata = metadata }, options, ct);

    /// <returns>The refund that bears the mark, or what Stripe showed whole that does not hold it.</returns>
    public static async Task<LookUpResult> Find(
        IStripeClient stripe, OpenCall call, string intentId, string mark, long amountMinor, CancellationToken ct)
    {
        var refunds = await All(stripe, intentId, ct);
        if (refunds.Items.FirstOrDefault(r => r.Metadata?.GetValueOrDefault(MarkName) == mark && !IsVoid(r)) is { } made)
            return new LookUpResult.Found(made);
        var from = (call.FirstUsedAt - s_clocksDiffer).UtcDateTime;
        return refunds.Items.FirstOrDefault(r => r.Amount == amountMinor && r.Created >= from && !IsVoid(r) && IsEdited(r))
            is { } edited
            ? new LookUpResult.Unexplained(
                $"refund {edited.Id} of {edited.Amount} has other metadata than were ever written here: it may be this one")
            : LookUpResult.FoundNone.In(refunds);
    }

    /// <summary>Everything that was given back of a payment intent.</summary>
    public static Task<CompleteList<Refund>> All(IStripeClient stripe, string intentId, CancellationToken ct)
    {
        var service = new RefundService(stripe);
        return CompleteLists.Read(new RefundListOptions { PaymentIntent = intentId },
            page => service.ListAsync(page, cancellationToken: ct), RefundsMax);
    }

    public static bool IsVoid(Refund refund) => refund.Status is "failed" or "canceled";

    /// <returns>Why Stripe has not sent it yet, in Stripe's word; null when it has.</returns>
    public static string? PendingReason(Refund refund) => refund.Status == "pending" ? refund.PendingReason : null;

    /// <summary>What somebody gives back in Stripe's dashboard has no metadata, unless somebody writes some.</summary>
    private static bool IsEdited(Refund refund) => refund.Metadata is { Count: > 0 } words && !words.ContainsKey(MarkName);
}
