using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>
/// What a reversal comes to that Stripe did not make: what the account holds now is asked for, and the rest is a loss. Pure.
/// </summary>
public static class DecideAgain
{
    /// <summary>
    /// The first request and so many more: an account that is emptied as fast as it is read ends as a loss, which a person is
    /// told of.
    /// </summary>
    public const int TriesMax = 5;

    /// <summary>
    /// Only when less may do, or when the request was never made: every other refusal stays one however little is asked for. What
    /// was asked for blindly was all, and how much less would do cannot be seen.
    /// </summary>
    public static bool IsWorthIt(StripeCallAnswer answer, int tryNo, bool isBlind) =>
        tryNo < TriesMax
            && (answer is StripeCallAnswer.Gone
                || !isBlind && answer is StripeCallAnswer.Refused { Code: "balance_insufficient" });

    /// <param name="wantedMinor">What was asked for.</param>
    /// <param name="availableMinor">What the account holds now.</param>
    /// <param name="unreversedMinor">What of the payout was not taken back yet.</param>
    public static long AmountMinor(long wantedMinor, long availableMinor, long unreversedMinor) =>
        Math.Max(0, Math.Min(wantedMinor, Math.Min(availableMinor, unreversedMinor)));

    /// <param name="words">What the first request had for its key.</param>
    public static string Key(string words, int tryNo) => tryNo == 1 ? words : StripeCall.KeyOf($"{words}/n{tryNo}");
}

/// <summary>
/// Asks again, under a new key, for reversals that Stripe did not make because the player's account held less than a moment
/// before: the balance is read again, and what is there is taken back.
/// </summary>
public sealed class ReversalsAgain([FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe)
    : IRereads
{
    public const int CallsMax = 50;

    public async Task<int> ReadStale(CancellationToken ct)
    {
        var done = 0;
        foreach (var again in await database.Run(tx => tx.DueAgain(CallsMax), ct))
            if (await database.OrPassOver(
                () => Ask(again, ct), "reversal", again.CallKey, (at, tx) => tx.AgainAt(again.CallKey, at), ct)) done++;
        return done;
    }

    /// <returns>False when Stripe does not say now what the account holds.</returns>
    private async Task<bool> Ask(ReversalAgain again, CancellationToken ct)
    {
        var wanted = again.Wanted();
        var paid = await database.Run(tx => tx.PaidPayout(wanted.PayoutId), ct);
        var look = await ConnectedBalance.Reversible(stripe, paid, wanted.Currency, wanted.AmountMinor, ct);
        if (look.Amount is not { } now)
        {
            await database.Run(
                tx => stripe.IsSilent
                    ? tx.AgainAt(again.CallKey, tx.Now + AgainSql.Later)
                    : look.AskAgain(tx, wanted.PayoutId, at => tx.AgainAt(again.CallKey, at)), ct);
            return false;
        }

        await database.Run(tx => Ask(again, wanted, now, tx), ct);
        return true;
    }

    private static async Task Ask(ReversalAgain again, IWantedReversal wanted, AmountToReverse now, Tx tx)
    {
        var locked = await tx.LockPayout(wanted.PayoutId) ?? throw new InvariantException($"payout {wanted.PayoutId} is gone");
        await BalanceLook.WasShown(tx, wanted.PayoutId);
        var unreversedMinor = locked.Payout.AmountMinor - await tx.ReversedMinor(wanted.PayoutId);
        var next = wanted.Again(DecideAgain.AmountMinor(wanted.AmountMinor, now.AmountMinor, unreversedMinor), now.IsBlind);
        if (!await tx.TakeAgain(again.CallKey, next.AmountMinor > 0 ? next.Key : null)) return;
        if (next.AmountMinor > 0) await tx.Call(next.ToCall());
        else await wanted.End(tx);
        if (next.AmountMinor == wanted.AmountMinor) return;
        await tx.Post(wanted.LossLines(ReversalShort.Shrunk, wanted.AmountMinor - next.AmountMinor));
        wanted.TellLoss(
            ReversalShort.Shrunk,
            $"of {wanted.AmountMinor} the player's account at Stripe now holds {next.AmountMinor} ({again.Why})", tx);
    }
}
