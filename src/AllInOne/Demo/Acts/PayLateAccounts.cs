namespace ContestPipeline.AllInOne.Demo;

/// <summary>Everybody who can be paid is paid; now the late accounts become ready, and the rest is paid. Nobody with a late account need have won.</summary>
public sealed class PayLateAccounts : IAct
{
    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var waiting = scene.Told.Payouts.Count(p => p.State == "awaiting_account");
        await scene.Accounts.ActivateLate(ct);
        scene.Say($"{waiting} payouts waited for an account; the accounts are ready now");
        await scene.Until("every contest is paid", told => told.All(Contracts.ContestStates.Paid), ct);
    }
}
