using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Deposits;

/// <summary>What is asked of a player for a deposit.</summary>
public sealed record DepositParameters(string DepositId, string PlayerId, long AmountMinor, string Currency, string Mark);

/// <summary>The payment intent of a deposit: made once; who pays it and how is between the player and Stripe.</summary>
public sealed class DepositRequestHandler : IStripeRequestHandler
{
    public const string Name = "deposit";

    public string Kind => Name;

    public string Endpoint => "payment_intents.create";

    public static StripeCall Call(Deposit deposit)
    {
        var key = StripeCall.KeyOf(deposit.IntentNo == 1 ? deposit.DepositId : $"{deposit.DepositId}/{deposit.IntentNo}");
        return new StripeCall(key, Name, deposit.DepositId, new DepositParameters(
            deposit.DepositId, deposit.PlayerId, deposit.AmountMinor, deposit.Currency, key));
    }

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var asked = call.Parameters<DepositParameters>();
        return await IntentCalls.Create(
            stripe, asked.AmountMinor, asked.Currency, "Wallet deposit",
            new Dictionary<string, string>(Purpose(asked)) { [IntentCalls.KeyMark] = asked.Mark }, options, ct);
    }

    public Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct) =>
        IntentCalls.Find(stripe, call, Purpose(call.Parameters<DepositParameters>()), ct);

    private static Dictionary<string, string> Purpose(DepositParameters asked) =>
        new() { ["deposit"] = asked.DepositId, ["player_id"] = asked.PlayerId };

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var asked = call.Parameters<DepositParameters>();
        var deposit = await tx.LockDeposit(asked.DepositId) ?? throw new InvariantException($"{asked.DepositId} has no row");
        switch (answer)
        {
            case StripeCallAnswer.Success { Made: PaymentIntent intent }:
                Invariant.Holds(deposit.IntentId is null || deposit.IntentId == intent.Id,
                    $"{deposit.DepositId} has intent {deposit.IntentId}, Stripe made {intent.Id}");
                await tx.SaveDepositSecret(deposit, intent.ClientSecret);
                deposit = deposit with { IntentId = intent.Id, State = DepositState.RequiresPayment };
                await tx.ApplyReading(deposit, PaymentFacts.Of(intent));
                await tx.ReadDepositAt(deposit.DepositId, tx.Now + DepositTransitions.ReadEvery);
                break;
            case StripeCallAnswer.Gone:
                deposit = deposit with { IntentNo = deposit.IntentNo + 1 };
                await tx.UpdateDeposit(deposit);
                await tx.Call(Call(deposit));
                break;
            case StripeCallAnswer.Refused refused:
                await tx.UpdateDeposit(deposit with { State = DepositState.Cancelled, Reason = refused.What });
                tx.Alert(DepositAlerts.Refused(deposit, refused.What));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
