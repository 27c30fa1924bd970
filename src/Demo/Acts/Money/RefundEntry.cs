using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Demo;

/// <summary>
/// The operator gives one entry its fee back before the contest locks, and asks twice by mistake: it goes back once, and the
/// entry leaves.
/// </summary>
public sealed class RefundEntry : IAct
{
    private const string Operator = "olga";

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var payment = context.Told.Payments[PaidContest.RefundedEntry];
        var path = $"/v1/entries/{PaidContest.Id}/{PaidContest.RefundedEntry}/refunds";
        var request = new { requestId = "demo-refund", reason = "the player asked in time" };
        for (var time = 1; time <= 2; time++)
        {
            var reply = await context.Environment.Payout.Post(path, request, Operator, ApiRole.Operator, ct);
            context.Check(
                reply.Status == HttpStatusCode.Accepted && reply.Body.GetProperty("refundNo").GetInt32() == 1,
                $"refund of {PaidContest.RefundedEntry}, time {time}: Payout answered {(int)reply.Status} {reply.Body}");
        }

        await context.Until("the refunded entry has left the contest", told =>
            told.Payments[PaidContest.RefundedEntry].State == EntryPaymentStates.Refunded
                && told.Withdrawn.Contains(PaidContest.RefundedEntry)
            && told.Notices.Any(n => n.Kind == NotificationKinds.EntryRefunded && n.Subject == PaidContest.RefundedEntry), ct);
        var refunds = await context.Environment.Stripe.Count($"refunds?payment_intent={payment.PaymentIntentId}", ct);
        context.Check(refunds == 1, $"{PaidContest.RefundedEntry} was refunded {refunds} times at Stripe");
        context.Say(
            $"refund: {Figures.Usd(PaidContest.FeeMinor)} went back to {payment.PlayerId}, asked for twice, made {refunds} "
                + $"time; the entry left the contest");
    }
}
