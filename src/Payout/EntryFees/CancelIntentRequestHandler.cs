using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>Which intent nobody is to pay any more.</summary>
public sealed record CancelParameters(string ContestId, string EntryId, string IntentId);

/// <summary>Cancels an abandoned intent. Stripe refuses when it was paid meanwhile: then it is read, and refunded.</summary>
public sealed class CancelIntentRequestHandler : IStripeRequestHandler
{
    public const string Name = "entry-payment-cancel";

    public string Kind => Name;

    public string Endpoint => "payment_intents.cancel";

    public static StripeCall Call(EntryPayment payment) => new(
        $"cancel/{payment.IntentId}/{payment.CancelNo}", Name, $"{payment.ContestId}/{payment.EntryId}",
        new CancelParameters(payment.ContestId, payment.EntryId, payment.IntentId!));

    public Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct) =>
        IntentCalls.Cancel(stripe, call.Parameters<CancelParameters>().IntentId, options, ct);

    public Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct) =>
        IntentCalls.FindCancelled(stripe, call.Parameters<CancelParameters>().IntentId, ct);

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var asked = call.Parameters<CancelParameters>();
        var payment = await tx.LockPayment(asked.ContestId, asked.EntryId)
            ?? throw new InvariantException($"entry {asked.EntryId} has no payment");
        if (answer is StripeCallAnswer.Success { Made: PaymentIntent intent })
        {
            await tx.ApplyReading(payment with { CancelOpen = false }, PaymentFacts.Of(intent));
            return;
        }

        // Paid, or on its way to be: nothing more is asked before the intent has been read.
        await tx.UpdatePayment(payment with { CancelOpen = false });
        await tx.ReadPaymentAt(payment, tx.Now);
    }
}
