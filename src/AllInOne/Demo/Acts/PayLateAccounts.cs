namespace ContestPipeline.AllInOne.Demo;

/// <summary>Waits until everybody who can be paid is paid; then the late accounts become ready, and the rest is paid.</summary>
public sealed class PayLateAccounts : IAct
{
    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        await scene.Until("all payouts but the late accounts' are paid", OnlyAccountsMissing, ct);
        var waiting = scene.Told.Payouts.Count(p => p.State == "awaiting_account");
        await scene.Accounts.ActivateLate(ct);
        scene.Say($"{waiting} payouts waited for an account; the accounts are ready now");
        await scene.Until("every contest is paid", told => told.All(Contracts.ContestStates.Paid), ct);
    }

    /// <summary>Every prize has its payout, and each is paid or waits for an account; nobody with a late account need have won.</summary>
    private static bool OnlyAccountsMissing(DemoSnapshot told) =>
        told.Payouts.Count == told.Contests.Sum(c => c.Awards.Values.Sum(a => a.Players.Count(p => p.NetMinor > 0)))
        && told.Payouts.All(p => p.State is "paid" or "awaiting_account");
}
