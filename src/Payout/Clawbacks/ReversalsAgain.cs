using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>What a reversal comes to that Stripe did not make: what the account holds now is asked for, and the rest is a loss. Pure.</summary>
public static class DecideAgain
{
    /// <summary>The first request and so many more: an account that is emptied as fast as it is read ends as a loss, which a person is told of.</summary>
    public const int TriesMax = 5;

    /// <summary>
    /// Only when less may do, or when the request was never made: every other refusal stays one however little is asked for. What was asked for blindly was all,
    /// and how much less would do cannot be seen.
    /// </summary>
    public static bool IsWorthIt(StripeCallAnswer answer, int tryNo, bool isBlind) =>
        tryNo < TriesMax && (answer is StripeCallAnswer.Gone || !isBlind && answer is StripeCallAnswer.Refused { Code: "balance_insufficient" });

    /// <param name="wantedMinor">What was asked for.</param>
    /// <param name="availableMinor">What the account holds now.</param>
    /// <param name="unreversedMinor">What of the payout was not taken back yet.</param>
    public static long AmountMinor(long wantedMinor, long availableMinor, long unreversedMinor) =>
        Math.Max(0, Math.Min(wantedMinor, Math.Min(availableMinor, unreversedMinor)));

    /// <param name="words">What the first request had for its key.</param>
    public static string Key(string words, int tryNo) => tryNo == 1 ? words : StripeCall.KeyOf($"{words}/n{tryNo}");
}

/// <summary>
/// Asks again, under a new key, for reversals that Stripe did not make because the player's account held less than a moment before: the balance is read
/// again, and what is there is taken back.
/// </summary>
public sealed class ReversalsAgain([FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe) : IRereads
{
    public const int CallsMax = 50;

    public async Task<int> ReadStale(CancellationToken ct)
    {
        var done = 0;
        foreach (var again in await database.Run(tx => tx.DueAgain(CallsMax), ct))
            if (await database.OrPassOver(() => Ask(again, ct), "reversal", again.CallKey, (at, tx) => tx.AgainAt(again.CallKey, at), ct)) done++;
        return done;
    }

    /// <returns>False when Stripe does not say now what the account holds.</returns>
    private Task<bool> Ask(ReversalAgain again, CancellationToken ct)
    {
        var call = new OpenCall(again.CallKey, again.Kind, "", again.Body, "", default, default, 0, null, 0);
        return again.Kind switch
        {
            TransferReversalCall.KindName => Ask(again, call.Parameters<ReversalToMake>(), ct),
            CorrectionReversalCall.KindName => Ask(again, call.Parameters<CorrectionToTakeBack>(), ct),
            _ => throw new InvariantException($"call {again.CallKey} is of kind {again.Kind}, which takes nothing back"),
        };
    }

    private Task<bool> Ask(ReversalAgain again, ReversalToMake wanted, CancellationToken ct) =>
        Ask(again, wanted.PayoutId, wanted.AmountMinor, wanted.Currency, async (amountMinor, isBlind, tx) =>
        {
            var next = wanted with { AmountMinor = amountMinor, Try = wanted.Try + 1, IsBlind = isBlind };
            if (!await tx.TakeAgain(again.CallKey, amountMinor > 0 ? next.Key : null)) return;
            if (amountMinor > 0) await tx.Call(new StripeCall(next.Key, TransferReversalCall.KindName, wanted.PayoutId, next));
            else await tx.AnswerReversal(wanted.PayoutId, wanted.DisputeId, "refused", 0, null);
            if (amountMinor < wanted.AmountMinor) TransferReversalCall.TellLoss(next, Shrunk(amountMinor, wanted.AmountMinor, again), tx);
        }, ct);

    private Task<bool> Ask(ReversalAgain again, CorrectionToTakeBack wanted, CancellationToken ct) =>
        Ask(again, wanted.PayoutId, wanted.AmountMinor, wanted.Part.Currency, async (amountMinor, isBlind, tx) =>
        {
            var next = wanted with { AmountMinor = amountMinor, Try = wanted.Try + 1, IsBlind = isBlind };
            if (!await tx.TakeAgain(again.CallKey, amountMinor > 0 ? next.Key : null)) return;
            if (amountMinor > 0) await tx.Call(new StripeCall(next.Key, CorrectionReversalCall.KindName, wanted.PayoutId, next));
            else await tx.AnswerPart(wanted.Part.CallKey, "lost", 0, null);
            if (amountMinor == wanted.AmountMinor) return;
            var why = $"shrunk-{wanted.Try}";
            await tx.Post([ReductionLines.Loss(wanted.Part, why, wanted.AmountMinor - amountMinor)]);
            CorrectionReversalCall.TellLoss(next, why, Shrunk(amountMinor, wanted.AmountMinor, again), tx);
        }, ct);

    /// <returns>False when Stripe does not say now what the account holds.</returns>
    private async Task<bool> Ask(
        ReversalAgain again, string payoutId, long wantedMinor, string currency, Func<long, bool, Tx, Task> ask, CancellationToken ct)
    {
        var paid = await database.Run(tx => tx.PaidPayout(payoutId), ct);
        var look = await ConnectedBalance.Reversible(stripe, paid, currency, wantedMinor, ct);
        if (look.Amount is not { } now)
        {
            await database.Run(tx => stripe.IsSilent ? tx.AgainAt(again.CallKey, tx.Now + AgainSql.Later) : look.AskAgain(tx, payoutId, at => tx.AgainAt(again.CallKey, at)), ct);
            return false;
        }

        await database.Run(
            async tx =>
            {
                var locked = await tx.LockPayout(payoutId) ?? throw new InvariantException($"payout {payoutId} is gone");
                await BalanceLook.WasShown(tx, payoutId);
                var unreversedMinor = locked.Payout.AmountMinor - await tx.ReversedMinor(payoutId);
                await ask(DecideAgain.AmountMinor(wantedMinor, now.AmountMinor, unreversedMinor), now.IsBlind, tx);
            }, ct);
        return true;
    }

    private static string Shrunk(long amountMinor, long wantedMinor, ReversalAgain again) =>
        $"of {wantedMinor} the player's account at Stripe now holds {amountMinor} ({again.Why})";
}
