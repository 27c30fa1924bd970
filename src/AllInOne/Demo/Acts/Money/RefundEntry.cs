using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>The operator gives one entry its fee back before the contest locks, and asks twice by mistake: it goes back once, and the entry leaves.</summary>
public sealed class RefundEntry : IAct
{
    private const string Operator = "olga";

    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var payment = scene.Told.Payments[PaidContest.RefundedEntry];
        var path = $"/v1/entries/{PaidContest.Id}/{PaidContest.RefundedEntry}/refunds";
        var request = new { requestId = "demo-refund", reason = "the player asked in time" };
        for (var time = 1; time <= 2; time++)
        {
            var reply = await scene.Stage.Payout.Post(path, request, Operator, ApiRole.Operator, ct);
            scene.Check(
                reply.Status == HttpStatusCode.Accepted && reply.Body.GetProperty("refundNo").GetInt32() == 1,
                $"refund of {PaidContest.RefundedEntry}, time {time}: Payout answered {(int)reply.Status} {reply.Body}");
        }

        await scene.Until("the refunded entry has left the contest", told =>
            told.Payments[PaidContest.RefundedEntry].State == EntryPaymentStates.Refunded && told.Withdrawn.Contains(PaidContest.RefundedEntry)
            && told.Notices.Any(n => n.Kind == NotificationKinds.EntryRefunded && n.Subject == PaidContest.RefundedEntry), ct);
        var refunds = await scene.Stage.Stripe.Count($"refunds?payment_intent={payment.PaymentIntentId}", ct);
        scene.Check(refunds == 1, $"{PaidContest.RefundedEntry} was refunded {refunds} times at Stripe");
        scene.Say($"refund: {Figures.Usd(PaidContest.FeeMinor)} went back to {payment.PlayerId}, asked for twice, made {refunds} time; the entry left the contest");
    }
}
