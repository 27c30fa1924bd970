using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>
/// A winner who is not paid yet disputes the entry fee: all that is due to the player is frozen. The bank decides for the player:
/// that prize is forfeited, the rest goes on.
/// </summary>
public sealed class DisputeEntry : IAct
{
    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var prize = context.Told.Payouts
            .Where(p => p.ContestId == PaidContest.Id && p.State is ("awaiting_funds" or "awaiting_account")
                && p.PlayerId != ActivityChallenge.Third)
            .OrderBy(p => p.PlayerId, StringComparer.Ordinal).First();
        var player = prize.PlayerId;
        var payment = context.Told.Payments.Values.Single(p => p.PlayerId == player);
        var dispute = await context.Environment.Stripe.OpenDispute(payment.PaymentIntentId!, ct);
        await context.Until($"everything due to {player} is frozen", told =>
            Due(told, player).All(p => p.State == "held" && p.Reason!.Contains(dispute, StringComparison.Ordinal))
                && Told(told, dispute, NotificationKinds.DisputeOpened), ct);
        var frozen = Due(context.Told, player).ToArray();
        context.Check(frozen.Length > 0, $"the dispute of {player} froze nothing");
        context.Say(
            $"dispute: {player} disputes {Figures.Usd(payment.AmountMinor)} for {payment.EntryId}; {frozen.Length} payouts "
                + $"over {Figures.Usd(frozen.Sum(p => p.AmountMinor))} are frozen");

        await context.Environment.Stripe.CloseDispute(dispute, won: false, ct);
        context.Forfeited.Add(prize.PayoutId);
        await context.Until("the lost dispute has taken its prize and let go of the rest", told =>
            told.Payouts.Single(p => p.PayoutId == prize.PayoutId).State == "rejected"
                && Due(told, player).All(p => p.Reason?.Contains(dispute, StringComparison.Ordinal) != true)
            && Told(told, dispute, NotificationKinds.DisputeClosed), ct);
        var lines = await context.Environment.Database.LinesOf(dispute, ct);
        foreach (var code in (string[])["dispute-withdrawn", "dispute-lost", "dispute-fee", "prize-forfeited"])
            context.Check(lines.ContainsKey(code), $"the lost dispute has no line {code} in the ledger");
        context.Check(lines.GetValueOrDefault("prize-forfeited") == prize.AmountMinor,
            $"{prize.AmountMinor} were forfeited, the ledger says {lines.GetValueOrDefault("prize-forfeited")}");
        context.Say(
            $"dispute: lost; the prize of {Figures.Usd(prize.AmountMinor)} is forfeited, the fee and Stripe's "
                + $"{Figures.Usd(lines.GetValueOrDefault("dispute-fee"))} are in the ledger");
    }

    private static IEnumerable<PayoutChangedV1> Due(DemoSnapshot told, string player) =>
        told.Payouts.Where(p => p.PlayerId == player && p.State is not ("paid" or "rejected"));

    private static bool Told(DemoSnapshot told, string dispute, string kind) =>
        told.Notices.Any(n => n.Kind == kind && n.Subject == dispute);
}
