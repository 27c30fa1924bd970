using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>
/// Plays the players' browsers: each takes the client secret from Payout and pays with a card at Stripe. Stripe's signed webhooks - a fifth of them twice,
/// some late - tell Ingestion, and only through them an entry comes to play.
/// </summary>
public sealed class CollectFees : IAct
{
    private const int BrowsersMax = 8;
    private const int DuplicatesPercent = 20;
    private const int DelayedPercent = 10;
    private const int DelayMs = 400;

    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        await scene.Stage.Stripe.DisturbWebhooks("duplicate", DuplicatesPercent, 0, ct);
        await scene.Stage.Stripe.DisturbWebhooks("delay", DelayedPercent, DelayMs, ct);
        await scene.Stage.Stripe.TwinNext(StripeEventTypes.PaymentSucceeded, ct);
        var begun = new HashSet<string>(StringComparer.Ordinal);
        await scene.Until("every entry fee is paid or declined", async () =>
        {
            var asked = scene.Told.Payments.Values.Where(p => p.State == EntryPaymentStates.RequiresPayment && begun.Add(p.EntryId)).ToArray();
            await Parallel.ForEachAsync(
                asked, new ParallelOptions { MaxDegreeOfParallelism = BrowsersMax, CancellationToken = ct }, async (payment, token) => await Browser(scene, payment, token));
            return Collected(scene.Told);
        }, ct);
        await TellWhatCame(scene, ct);
    }

    private static bool Collected(DemoSnapshot told) =>
        told.Contests.Single(c => c.ContestId == PaidContest.Id).Accepted == PaidContest.Paid
        && told.Payments.GetValueOrDefault(PaidContest.DeclinedEntry)?.State == EntryPaymentStates.Declined
        && Declined(told, PaidContest.DeclinedEntry) && Declined(told, PaidContest.SecondCardEntry);

    private static bool Declined(DemoSnapshot told, string entryId) =>
        told.Notices.Any(n => n.Kind == NotificationKinds.PaymentDeclined && n.Subject == entryId);

    private static async Task Browser(DemoScene scene, EntryPaymentChangedV1 payment, CancellationToken ct)
    {
        foreach (var (card, tryNo) in PaidContest.Cards(payment.EntryId).Select((card, i) => (card, i + 1)))
        {
            // Only a player who was told that the card was declined takes another.
            if (tryNo > 1) await scene.Until($"{payment.PlayerId} is told that the card was declined", told => Declined(told, payment.EntryId), ct);
            var secret = await Secret(scene, payment, ct);
            var paid = await scene.Stage.Stripe.Pay(secret, ct, card);
            scene.Check(paid == (card == PaidContest.CardGood), $"{payment.EntryId}: card {card} was {(paid ? "taken" : "declined")}");
        }
    }

    private static async Task<string> Secret(DemoScene scene, EntryPaymentChangedV1 payment, CancellationToken ct)
    {
        PayoutReply reply = default;
        await scene.Until($"Payout shows {payment.PlayerId} how to pay", async () =>
        {
            reply = await scene.Stage.Payout.Get(payment.ClientSecretReference ?? Path(payment), payment.PlayerId, ApiRole.Player, ct);
            return reply.Status == HttpStatusCode.OK;
        }, ct);
        return reply.Body.GetProperty("clientSecret").GetString()!;
    }

    private static string Path(EntryPaymentChangedV1 payment) => $"/v1/entries/{payment.ContestId}/{payment.EntryId}/payment";

    private static async Task TellWhatCame(DemoScene scene, CancellationToken ct)
    {
        var told = scene.Told;
        var paid = told.Payments.Values.Count(p => p.State == EntryPaymentStates.Paid);
        scene.Say($"fees: {Figures.Usd(paid * PaidContest.FeeMinor)} collected for {paid} entries; 1 player's card was declined, 1 paid with a second card");
        var twice = await scene.Stage.Stripe.TwinOf(StripeEventTypes.PaymentSucceeded, ct);
        scene.Check(twice is not null, "no payment was told twice by Stripe");
        scene.Say($"fees: Stripe told twice that {twice} was paid, and {DuplicatesPercent} % of all webhooks come twice: each entry was charged and accepted once");
    }
}
