using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>What is asked of a player for an entry.</summary>
public sealed record CollectParameters(
    string ContestId, string EntryId, string PlayerId, long AmountMinor, string Currency, string Mark);

/// <summary>The payment intent of an entry: made once; who pays it and how is between the player and Stripe.</summary>
public sealed class PaymentIntentRequestHandler : IStripeRequestHandler
{
    public const string Name = "entry-payment";

    public string Kind => Name;

    public string Endpoint => "payment_intents.create";

    public static StripeCall Call(EntryPayment payment)
    {
        var words = $"entry/{payment.ContestId}/{payment.PlayerId}/{payment.PlayerEntryNo}";
        var key = StripeCall.KeyOf(payment.IntentNo == 1 ? words : $"{words}/{payment.IntentNo}");
        return new StripeCall(key, Name, $"{payment.ContestId}/{payment.EntryId}", new CollectParameters(
            payment.ContestId, payment.EntryId, payment.PlayerId, payment.AmountMinor, payment.Currency, key));
    }

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var asked = call.Parameters<CollectParameters>();
        return await IntentCalls.Create(
            stripe, asked.AmountMinor, asked.Currency, "Contest entry",
            new Dictionary<string, string>(Purpose(asked)) { [IntentCalls.KeyMark] = asked.Mark }, options, ct);
    }

    public Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct) =>
        IntentCalls.Find(stripe, call, Purpose(call.Parameters<CollectParameters>()), ct);

    private static Dictionary<string, string> Purpose(CollectParameters asked) => new()
    {
        ["contest_id"] = asked.ContestId, ["entry_id"] = asked.EntryId, ["player_id"] = asked.PlayerId,
    };

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var asked = call.Parameters<CollectParameters>();
        var payment = await tx.LockPayment(asked.ContestId, asked.EntryId)
            ?? throw new InvariantException($"entry {asked.EntryId} has no payment");
        switch (answer)
        {
            case StripeCallAnswer.Success { Made: PaymentIntent intent }:
                await Made(payment, intent, tx);
                break;
            case StripeCallAnswer.Gone when payment.GiveBackReason is null:
                payment = payment with { IntentNo = payment.IntentNo + 1 };
                await tx.UpdatePayment(payment);
                await tx.Call(Call(payment));
                break;
            default:
                await NotMade(payment, answer, tx);
                break;
        }
    }

    private static async Task Made(EntryPayment payment, PaymentIntent intent, Tx tx)
    {
        Invariant.Holds(payment.IntentId is null || payment.IntentId == intent.Id,
            $"entry {payment.EntryId} has intent {payment.IntentId}, Stripe made {intent.Id}");
        await tx.SaveSecret(payment, intent.ClientSecret);
        payment = await tx.ChangePayment(payment with { IntentId = intent.Id }, PaymentState.RequiresPayment, null);
        if (payment.GiveBackReason is null)
        {
            tx.NotifyPlayer(
                $"payment-needed/{payment.ContestId}/{payment.EntryId}", NotificationKinds.PaymentNeeded, payment.PlayerId,
                payment.EntryId, payment.ContestId, payment.AmountMinor, payment.Currency,
                new Dictionary<string, string> { ["link"] = PaymentTransitions.SecretPath(payment.ContestId, payment.EntryId) });
        }

        // A look-up may find it paid: when, its charge says, which is not read with it.
        if (intent is { Status: "succeeded", LatestCharge: null })
        {
            await tx.UpdatePayment(payment);
            await tx.ReadPaymentAt(payment, tx.Now);
            return;
        }

        await tx.ApplyReading(payment, PaymentFacts.Of(intent));
        await tx.ReadPaymentAt(payment, PaymentTransitions.NextReading(payment, tx.Now));
    }

    private static async Task NotMade(EntryPayment payment, StripeCallAnswer answer, Tx tx)
    {
        var what = answer is StripeCallAnswer.Refused refused ? refused.What : "the entry was given up before Stripe heard of it";
        await tx.UpdatePayment(await tx.ChangePayment(payment, PaymentState.Cancelled, what));
        if (answer is not StripeCallAnswer.Refused) return;
        tx.Alert(PaymentAlerts.Refused(payment, what));
    }
}
