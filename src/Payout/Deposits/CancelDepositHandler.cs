using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Deposits;

/// <summary>Which deposit nobody is to pay any more.</summary>
public sealed record CancelDepositParameters(string DepositId, string IntentId);

/// <summary>
/// Cancels the intent of a deposit that was declined or that nobody paid in time. Stripe refuses when it was paid meanwhile: then
/// it is read, and credited.
/// </summary>
public sealed class CancelDepositHandler : IStripeRequestHandler
{
    public const string Name = "deposit-cancel";

    public string Kind => Name;

    public string Endpoint => "payment_intents.cancel";

    public static StripeCall Call(Deposit deposit) => new(
        $"cancel/{deposit.IntentId}/{deposit.CancelNo}", Name, deposit.DepositId,
        new CancelDepositParameters(deposit.DepositId, deposit.IntentId!));

    public Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct) =>
        IntentCalls.Cancel(stripe, call.Parameters<CancelDepositParameters>().IntentId, options, ct);

    public Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct) =>
        IntentCalls.FindCancelled(stripe, call.Parameters<CancelDepositParameters>().IntentId, ct);

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var depositId = call.Parameters<CancelDepositParameters>().DepositId;
        var deposit = await tx.LockDeposit(depositId) ?? throw new InvariantException($"{depositId} has no row");
        if (answer is StripeCallAnswer.Success { Made: PaymentIntent intent })
        {
            await tx.ApplyReading(deposit with { CancelOpen = false }, PaymentFacts.Of(intent));
            return;
        }

        // Paid, or on its way to be: nothing more is asked before the intent has been read.
        await tx.UpdateDeposit(deposit with { CancelOpen = false });
        await tx.ReadDepositAt(depositId, tx.Now);
    }
}
