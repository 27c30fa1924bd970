namespace ContestPipeline.AllInOne.Demo;

/// <summary>Gives all players but one an account at Stripe.</summary>
public sealed class MakeAccounts : IAct
{
    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        await scene.Accounts.Create(ct);
        var late = Enumerable.Range(1, DemoEntries.Players).Count(DemoEntries.IsAccountLate);
        scene.Say($"{DemoEntries.Players - 1} players have accounts, {late} of them not ready yet, {ActivityChallenge.Third} has none");
    }
}
