using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>
/// Reads again the bank payouts that events hinted at, and tells players and staff how they ended. <c>paid</c> is not the end: it
/// may fail for days.
/// </summary>
public sealed class BankPayoutReader(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, TimeProvider clock) : IRereads
{
    public const int BankPayoutsMax = 50;

    public async Task<int> ReadStale(CancellationToken ct)
    {
        var stale = await database.Run(tx => tx.StaleBankPayouts(BankPayoutsMax), ct);
        var read = 0;
        foreach (var hinted in stale)
        {
            var readAt = clock.GetUtcNow();
            var answer = await stripe.Look(
                "payouts.get",
                async (client, token) => await new global::Stripe.PayoutService(client).GetAsync(
                    hinted.BankPayoutId, requestOptions: new RequestOptions { StripeAccount = hinted.AccountId },
                    cancellationToken: token), ct);
            if (answer is StripeAnswer.Found { Object: global::Stripe.Payout shown })
            {
                await database.OrPassOver(
                    () => database.Run(tx => Save(hinted, shown, readAt, tx), ct), "bank-payout", hinted.BankPayoutId,
                    (at, tx) => tx.ReadBankPayoutAt(hinted, at), ct);
                read++;
                continue;
            }

            if (stripe.IsSilent) return read;
            await database.Run(
                tx => tx.NotRead("bank-payout", hinted.BankPayoutId, answer, at => tx.ReadBankPayoutAt(hinted, at)), ct);
        }

        return read;
    }

    private static BankPayout Of(BankPayout before, global::Stripe.Payout payout, DateTimeOffset readAt) => before with
    {
        AmountMinor = payout.Amount, Currency = payout.Currency, Status = payout.Status, FailureCode = payout.FailureCode,
        FailureMessage = payout.FailureMessage, ArrivesAt = new DateTimeOffset(payout.ArrivalDate, TimeSpan.Zero),
        ReadAt = readAt,
    };

    /// <summary>
    /// A reading that another process stored meanwhile may be the newer one; if that one covers less than is known by now, it
    /// stays to be read.
    /// </summary>
    /// <returns>False when it is.</returns>
    private static async Task<bool> Save(StaleBankPayout hinted, global::Stripe.Payout shown, DateTimeOffset readAt, Tx tx)
    {
        await tx.WasRead("bank-payout", hinted.BankPayoutId);
        if (await tx.LockBankPayout(hinted) is not { } before) return false;
        var now = Of(before, shown, readAt);
        await tx.SaveBankPayout(now, hinted.Hints);
        if (before.Status != now.Status) Tell(now, tx);
        return true;
    }

    /// <summary>Once for each way it can end.</summary>
    private static void Tell(BankPayout now, Tx tx)
    {
        if (now.Status == "paid")
        {
            tx.NotifyPlayer(
                $"bank-payout-paid/{now.BankPayoutId}", NotificationKinds.BankPayoutPaid, now.PlayerId, now.BankPayoutId,
                amountMinor: now.AmountMinor, currency: now.Currency);
            return;
        }

        if (now.Status is not ("failed" or "canceled")) return;
        var why = now.FailureMessage ?? now.FailureCode ?? now.Status;
        tx.NotifyPlayer(
            $"bank-payout-{now.Status}/{now.BankPayoutId}", NotificationKinds.BankPayoutFailed, now.PlayerId, now.BankPayoutId,
            amountMinor: now.AmountMinor, currency: now.Currency, facts: new Dictionary<string, string> { ["reason"] = why });
        tx.Alert(EventAlerts.BankPayoutFailed(now, why));
    }
}
