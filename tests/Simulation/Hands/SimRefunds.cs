using System.Globalization;
using System.Text.Json;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds an operator gives fees back by hand, whole or in part, once or twice: before it is known that the entry takes
/// part, before the result, or when the prize is on its way. He asks for it here, or gives them back at Stripe itself.
/// </summary>
internal sealed partial class SimHands
{
    private const int RefundersPercent = 25;
    private const int RefundedPercent = 60;
    private const int TwicePercent = 30;
    private const int TriesMax = 4;
    private const int AtStripePercent = 40;

    private static readonly TimeSpan[] s_refundedAfter = [TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(50),
        TimeSpan.FromMinutes(100), TimeSpan.FromHours(3), TimeSpan.FromHours(30)];
    private static readonly TimeSpan[] s_again = [TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(90)];
    private readonly SeededRandom refunders = world.ChanceOf("refund");
    private readonly Queue<(string ContestId, string EntryId, string RequestId, long? Minor, int Try)> toRefund = [];
    private readonly SeededRandom dashboard = world.ChanceOf("dashboard");
    private bool hasRefunds;

    /// <summary>The operator, or a player with a wallet, has made up his mind.</summary>
    internal bool HasToAsk => toRefund.Count + toAsk.Count > 0;

    internal Task Ask(SimLane lane, CancellationToken ct) => toRefund.Count > 0 ? Refund(lane, ct) : AskOfWallet(lane, ct);

    private void MayRefund(JsonElement intent)
    {
        if (!refunders.Chance(RefundedPercent)) return;
        var (paidFor, amountMinor) = (intent.GetProperty("metadata"), intent.GetProperty("amount").GetInt64());
        var (contest, entry) = (paidFor.GetProperty("contest_id").GetString()!, paidFor.GetProperty("entry_id").GetString()!);
        var isAtStripe = dashboard.Chance(AtStripePercent);
        for (var no = 1; no <= 2 && (no == 1 || refunders.Chance(TwicePercent)); no++)
        {
            var (request, part) = ($"{entry}/{no}", refunders.Chance(40) ? (long?)null : 1 + refunders.Next((int)amountMinor));
            Plan(refunders.Pick(s_refundedAfter), () =>
            {
                if (isAtStripe) RefundAtStripe(intent.GetProperty("id").GetString()!, (contest, entry), part);
                else toRefund.Enqueue((contest, entry, request, part, 1));
            });
        }
    }

    /// <summary>Past everything that is known here. What is more than Stripe has left is refused there.</summary>
    private void RefundAtStripe(string intentId, (string ContestId, string EntryId) entry, long? minor)
    {
        var beforeMinor = RefundedMinor();
        world.Stripe.Try("POST", "/v1/refunds",
            minor is null
                ? $"payment_intent={intentId}"
                : string.Create(CultureInfo.InvariantCulture, $"payment_intent={intentId}&amount={minor}"));
        var wentMinor = RefundedMinor() - beforeMinor;
        world.Note($"{wentMinor} of the fee of {entry.EntryId} of {entry.ContestId} go back at Stripe");
        world.Faults.Hit(wentMinor == 0
            ? "refund at Stripe refused" : minor is null ? "fee given back at Stripe" : "part of a fee given back at Stripe");
        if (wentMinor > 0) world.Stripe.RefundedMinor[entry] = world.Stripe.RefundedMinor.GetValueOrDefault(entry) + wentMinor;

        long RefundedMinor() =>
            Listed("/v1/refunds").Where(r => r.GetProperty("payment_intent").GetString() == intentId)
                .Sum(r => r.GetProperty("amount").GetInt64());
    }

    /// <summary>As the interface for operators does. Who is told that nothing was paid yet comes back later.</summary>
    private async Task Refund(SimLane lane, CancellationToken ct)
    {
        var (contest, entry, request, minor, no) = toRefund.Dequeue();
        var payout = lane.Slots.Where(s => s.Worker == PayoutWorker.Name).ToArray();
        var decision =
            (await payout[0].Desk.Run(
                tx => tx.Refund(contest, entry, new RefundRequest(request, "by hand", minor), "simulation"), ct))?.Decision;
        world.Note($"{request} of {contest} is to be given back by hand: {decision}");
        world.Faults.Hit(decision is RefundDecision.Ask
            ? minor is null ? "fee given back by hand" : "part of a fee given back by hand" : "refund by hand refused");
        if (decision is not RefundDecision.Ask ask)
        {
            if (no < TriesMax && !world.Stripe.RefundedMinor.ContainsKey((contest, entry)))
                Plan(refunders.Pick(s_again), () => toRefund.Enqueue((contest, entry, request, minor, no + 1)));
            return;
        }

        world.Stripe.RefundedMinor[(contest, entry)] = world.Stripe.RefundedMinor.GetValueOrDefault((contest, entry))
            + ask.AmountMinor;
        world.Committed?.Invoke(PayoutWorker.Name);
        foreach (var round in payout.SelectMany(s => s.Process!.Rounds)) round.IsDue |= round.Name == "calls";
    }
}
