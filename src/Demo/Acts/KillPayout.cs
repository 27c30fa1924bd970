namespace ContestPipeline.Demo;

/// <summary>Kills the Payout worker at the worst moment, in the middle of paying, and starts it again.</summary>
public sealed class KillPayout : IAct
{
    private const int PaidBeforeKill = 10;

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var before = Paid(context.Told);
        await context.Until("payouts go on", told => Paid(told) >= before + PaidBeforeKill, ct);
        var payout = context.Workers.Process(Workers.Payout);
        var victim = payout.Pid;
        var unknown = await new AnswerGap(context.Environment, payout, context.Clock).KillBetweenAnswerAndCommit(ct);
        context.Say(
            $"Payout (process {victim}) killed: Stripe had executed {unknown} transfers whose answers were not committed");
        await payout.Start();
        context.Say($"Payout started again as process {payout.Pid}");
    }

    private static int Paid(DemoSnapshot told) => told.Payouts.Count(p => p.State == "paid");
}
