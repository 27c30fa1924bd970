namespace ContestPipeline.Demo;

/// <summary>
/// Everybody who can be paid is paid; now the late accounts become ready, and the rest is paid. Nobody with a late account need
/// have won.
/// </summary>
public sealed class PayLateAccounts : IAct
{
    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var waiting = context.Told.Payouts.Count(p => p.State == "awaiting_account");
        await context.Accounts.ActivateLate(ct);
        context.Say($"{waiting} payouts waited for an account; the accounts are ready now");
        await context.Until("every contest is paid", told => told.All(Contracts.ContestStates.Paid), ct);
    }
}
