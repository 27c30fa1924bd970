using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Requests;

/// <summary>A payment intent with its charge, and the refunds of it.</summary>
public sealed record IntentRead(PaymentIntent Intent, IReadOnlyList<Refund> Refunds);

/// <summary>Payment intents as requests make, cancel and find them, whatever is paid by them.</summary>
public static class IntentCalls
{
    /// <summary>In an intent's metadata: the key of the request that made it.</summary>
    public const string KeyMark = "call";

    private const int LookUpMax = 20_000;

    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromMinutes(10);

    /// <param name="metadata">With <see cref="KeyMark"/>.</param>
    public static async Task<object> Create(
        IStripeClient stripe, long amountMinor, string currency, string description, Dictionary<string, string> metadata,
        RequestOptions options, CancellationToken ct) => await new PaymentIntentService(stripe).CreateAsync(
        new PaymentIntentCreateOptions
        {
            Amount = amountMinor,
            Currency = currency,
            Description = description,
            AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true },
            Metadata = metadata,
        },
        options, ct);

    public static async Task<object> Cancel(
        IStripeClient stripe, string intentId, RequestOptions options, CancellationToken ct) =>
        await new PaymentIntentService(stripe).CancelAsync(
            intentId, new PaymentIntentCancelOptions { CancellationReason = "abandoned" }, options, ct);

    /// <summary>
    /// Looks for the intent that the call has made, by the key in its metadata. Books that went back may know an earlier request
    /// than the one that was answered: what another request made for the same purpose is as good.
    /// </summary>
    /// <param name="purpose">What else our requests write into the metadata of such an intent.</param>
    public static async Task<LookUpResult> Find(
        IStripeClient stripe, OpenCall call, IReadOnlyDictionary<string, string> purpose, CancellationToken ct)
    {
        var made = await Since(
            stripe, call.MadeAfter,
            i => i.Metadata?.GetValueOrDefault(KeyMark) is { } key
                && (key == call.Key || purpose.All(p => i.Metadata.GetValueOrDefault(p.Key) == p.Value)), ct);
        return Decide(made, call.Key);
    }

    /// <param name="made">For one purpose.</param>
    /// <param name="key">Of the request that is looked for.</param>
    /// <returns>The one that was paid; else that of the request, else the newest that can be paid; two that were paid are for a
    /// person.</returns>
    public static LookUpResult Decide(CompleteList<PaymentIntent> made, string key)
    {
        var paid = made.Items.Where(i => i.Status == "succeeded").ToArray();
        if (paid.Length > 1)
        {
            return new LookUpResult.Unexplained(
                $"Stripe has {paid.Length} payments for one purpose: {string.Join(", ", paid.Select(i => i.Id))}");
        }

        var found = paid.SingleOrDefault() ?? made.Items.FirstOrDefault(i => i.Metadata[KeyMark] == key)
            ?? made.Items.Where(i => i.Status != "canceled").MaxBy(i => i.Created);
        return found is not null ? new LookUpResult.Found(found) : LookUpResult.FoundNone.In(made);
    }

    /// <param name="since">UTC; Stripe's clock may differ.</param>
    /// <param name="isWanted">The others are passed over, however many they are.</param>
    /// <returns>All that are wanted of the intents that Stripe has made since then.</returns>
    /// <exception cref="IncompleteListException">The list was not read to its end.</exception>
    /// <exception cref="InvariantException">More than 20,000 are wanted.</exception>
    public static Task<CompleteList<PaymentIntent>> Since(
        IStripeClient stripe, DateTimeOffset since, Func<PaymentIntent, bool> isWanted, CancellationToken ct)
    {
        var service = new PaymentIntentService(stripe);
        return CompleteList<PaymentIntent>.Read(
            new PaymentIntentListOptions
            {
                Created = new DateRangeOptions { GreaterThanOrEqual = (since - s_clocksDiffer).UtcDateTime },
            },
            page => service.ListAsync(page, cancellationToken: ct), intent => isWanted(intent) ? intent : null, LookUpMax);
    }

    public static async Task<LookUpResult> FindCancelled(IStripeClient stripe, string intentId, CancellationToken ct)
    {
        var intent = await new PaymentIntentService(stripe).GetAsync(intentId, cancellationToken: ct);
        return intent.Status == "canceled" ? new LookUpResult.Found(intent) : LookUpResult.FoundNone.Unchanged(intent);
    }

    /// <param name="hasRefunds">Something may have been given back of it, whatever the charge shows.</param>
    /// <returns>The intent and all that was given back of it; null with the answer that is neither.</returns>
    public static async Task<(IntentRead? Read, StripeAnswer Seen)> Look(
        StripeGateway stripe, string intentId, bool hasRefunds, CancellationToken ct)
    {
        var seen = await stripe.Look(
            "payment_intents.read", async (client, token) => await Read(client, intentId, token), ct);
        if (seen is not StripeAnswer.Found { Object: PaymentIntent intent }) return (null, seen);
        if (!hasRefunds && intent.LatestCharge is not { AmountRefunded: > 0 }) return (new IntentRead(intent, []), seen);
        var listed = await stripe.Look(
            "refunds.list", async (client, token) => await RefundCalls.All(client, intentId, token), ct);
        return listed is StripeAnswer.Found { Object: CompleteList<Refund> list }
            ? (new IntentRead(intent, list.Items), listed) : (null, listed);
    }

    /// <returns>The intent with its charge and what Stripe took for it.</returns>
    private static async Task<PaymentIntent> Read(IStripeClient stripe, string intentId, CancellationToken ct) =>
        await new PaymentIntentService(stripe).GetAsync(
            intentId, new PaymentIntentGetOptions { Expand = ["latest_charge.balance_transaction"] }, cancellationToken: ct);
}
