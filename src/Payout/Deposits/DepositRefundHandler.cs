using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Deposits;

/// <summary>What is to go back of which deposit.</summary>
public sealed record DepositRefundParameters(string DepositId, int RefundNo, string IntentId, long AmountMinor, string Mark);

/// <summary>Gives a part of a deposit back to its card, once.</summary>
public sealed class DepositRefundHandler : IStripeRequestHandler
{
    public const string Name = "deposit-refund";

    public string Kind => Name;

    public string Endpoint => "refunds.create";

    public static StripeCall Call(Deposit deposit, DepositRefund refund)
    {
        var key = StripeCall.KeyOf(refund.Attempt == 1 ? refund.Words : $"{refund.Words}/{refund.Attempt}");
        return new StripeCall(key, Name, deposit.DepositId, new DepositRefundParameters(
            deposit.DepositId, refund.RefundNo, deposit.IntentId!, refund.AmountMinor, refund.Words));
    }

    public Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var asked = call.Parameters<DepositRefundParameters>();
        return RefundCalls.Create(
            stripe, asked.IntentId, asked.AmountMinor,
            new Dictionary<string, string> { ["deposit"] = asked.DepositId, [RefundCalls.MarkName] = asked.Mark }, options, ct);
    }

    public Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var asked = call.Parameters<DepositRefundParameters>();
        return RefundCalls.Find(stripe, call, asked.IntentId, asked.Mark, asked.AmountMinor, ct);
    }

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var asked = call.Parameters<DepositRefundParameters>();
        var deposit = await tx.LockDeposit(asked.DepositId) ?? throw new InvariantException($"{asked.DepositId} has no row");
        var refund = await tx.LockDepositRefund(asked.DepositId, asked.RefundNo)
            ?? throw new InvariantException($"refund {asked.RefundNo} of {asked.DepositId} was asked for and has no row");
        switch (answer)
        {
            case StripeCallAnswer.Success { Made: Refund made } when !RefundCalls.IsVoid(made):
                await tx.MadeRefund(deposit, refund, made);
                break;
            case StripeCallAnswer.Refused { Code: "balance_insufficient" } or StripeCallAnswer.Gone:
                refund = refund with { Attempt = refund.Attempt + 1 };
                await tx.UpdateDepositRefund(refund);
                if (answer is StripeCallAnswer.Refused unfunded)
                    tx.Alert(DepositAlerts.BalanceShort(deposit, unfunded.What, tx.Now));
                await tx.Call(Call(deposit, refund), answer is StripeCallAnswer.Refused ? tx.Now + RefundCalls.FundsPause : null);
                break;
            case StripeCallAnswer.Success { Made: Refund made }:
                await tx.FailedRefund(deposit, refund, made.Id, made.FailureReason ?? made.Status);
                break;
            case StripeCallAnswer.Refused refused:
                // Somebody may have given it back at Stripe itself: the payment is read again.
                await tx.FailedRefund(deposit, refund, null, refused.What);
                await tx.ReadDepositAt(deposit.DepositId, tx.Now);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
