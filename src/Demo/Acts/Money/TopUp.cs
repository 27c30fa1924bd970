namespace ContestPipeline.Demo;

/// <summary>Money comes from the platform's bank; nobody tells the payouts, they find it.</summary>
public sealed class TopUp : IAct
{
    private const long AmountMinor = 10_000_00;

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var paid = Paid(context.Told);
        await context.Environment.Stripe.TopUp(AmountMinor, ct);
        await context.Until("waiting payouts resume alone", told => Paid(told) > paid, ct);
        context.Say($"funds: {Figures.Usd(AmountMinor)} came in, and the waiting payouts go on by themselves");
    }

    private static int Paid(DemoSnapshot told) => told.Payouts.Count(p => p.State == "paid");
}
