namespace ContestPipeline.AllInOne.Demo;

/// <summary>Kills the Payout worker at the worst moment, in the middle of paying, and starts it again.</summary>
public sealed class KillPayout : IAct
{
    private const int PaidBeforeKill = 10;

    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var before = Paid(scene.Told);
        await scene.Until("payouts go on", told => Paid(told) >= before + PaidBeforeKill, ct);
        var payout = scene.Crew.Process(Workers.Payout);
        var victim = payout.Pid;
        var unknown = await new AnswerGap(scene.Stage, payout, scene.Clock).KillBetweenAnswerAndCommit(ct);
        scene.Say($"Payout (process {victim}) killed: Stripe had executed {unknown} transfers whose answers were not committed");
        await payout.Start();
        scene.Say($"Payout started again as process {payout.Pid}");
    }

    private static int Paid(DemoSnapshot told) => told.Payouts.Count(p => p.State == "paid");
}
