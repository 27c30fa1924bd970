using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Demo;

/// <summary>
/// Plays the players' browsers: each takes the client secret from Payout and pays with a card at Stripe. Stripe's signed webhooks
/// - a fifth of them twice, some late - tell Ingestion, and only through them an entry comes to play.
/// </summary>
public sealed class CollectFees : IAct
{
    private const int BrowsersMax = 8;
    private const int DuplicatesPercent = 20;
    private const int DelayedPercent = 10;
    private const int DelayMs = 400;

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        await context.Environment.Stripe.DisturbWebhooks("duplicate", DuplicatesPercent, 0, ct);
        await context.Environment.Stripe.DisturbWebhooks("delay", DelayedPercent, DelayMs, ct);
        await context.Environment.Stripe.TwinNext(StripeEventTypes.PaymentSucceeded, ct);
        var begun = new HashSet<string>(StringComparer.Ordinal);
        await context.Until("every entry fee is paid or declined", async () =>
        {
            var asked = context.Told.Payments.Values.Where(p => p.State == EntryPaymentStates.RequiresPayment
                && begun.Add(p.EntryId)).ToArray();
            await Parallel.ForEachAsync(
                asked, new ParallelOptions { MaxDegreeOfParallelism = BrowsersMax, CancellationToken = ct },
                async (payment, token) => await Browser(context, payment, token));
            return Collected(context.Told);
        }, ct);
        await TellWhatCame(context, ct);
    }

    private static bool Collected(DemoSnapshot told) =>
        told.Contests.Single(c => c.ContestId == PaidContest.Id).Accepted == PaidContest.Paid
        && told.Payments.GetValueOrDefault(PaidContest.DeclinedEntry)?.State == EntryPaymentStates.Declined
        && Declined(told, PaidContest.DeclinedEntry) && Declined(told, PaidContest.SecondCardEntry);

    private static bool Declined(DemoSnapshot told, string entryId) =>
        told.Notices.Any(n => n.Kind == NotificationKinds.PaymentDeclined && n.Subject == entryId);

    private static async Task Browser(DemoContext context, EntryPaymentChangedV1 payment, CancellationToken ct)
    {
        foreach (var (card, tryNo) in PaidContest.Cards(payment.EntryId).Select((card, i) => (card, i + 1)))
        {
            // Only a player who was told that the card was declined takes another.
            if (tryNo > 1)
                await context.Until(
                    $"{payment.PlayerId} is told that the card was declined", told => Declined(told, payment.EntryId), ct);
            var secret = await Secret(context, payment, ct);
            var paid = await context.Environment.Stripe.Pay(secret, ct, card);
            context.Check(
                paid == (card == PaidContest.CardGood), $"{payment.EntryId}: card {card} was {(paid ? "taken" : "declined")}");
        }
    }

    private static async Task<string> Secret(DemoContext context, EntryPaymentChangedV1 payment, CancellationToken ct)
    {
        PayoutReply reply = default;
        await context.Until($"Payout shows {payment.PlayerId} how to pay", async () =>
        {
            reply = await context.Environment.Payout.Get(
                payment.ClientSecretReference ?? Path(payment), payment.PlayerId, ApiRole.Player, ct);
            return reply.Status == HttpStatusCode.OK;
        }, ct);
        return reply.Body.GetProperty("clientSecret").GetString()!;
    }

    private static string Path(EntryPaymentChangedV1 payment) => $"/v1/entries/{payment.ContestId}/{payment.EntryId}/payment";

    private static async Task TellWhatCame(DemoContext context, CancellationToken ct)
    {
        var told = context.Told;
        var paid = told.Payments.Values.Count(p => p.State == EntryPaymentStates.Paid);
        context.Say(
            $"fees: {Figures.Usd(paid * PaidContest.FeeMinor)} collected for {paid} entries; 1 player's card was declined, 1 "
                + $"paid with a second card");
        var twice = await context.Environment.Stripe.TwinOf(StripeEventTypes.PaymentSucceeded, ct);
        context.Check(twice is not null, "no payment was told twice by Stripe");
        context.Say(
            $"fees: Stripe told twice that {twice} was paid, and {DuplicatesPercent} % of all webhooks come twice: each entry "
                + $"was charged and accepted once");
    }
}
