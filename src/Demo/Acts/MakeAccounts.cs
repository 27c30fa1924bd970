namespace ContestPipeline.Demo;

/// <summary>Gives all players but one an account at Stripe.</summary>
public sealed class MakeAccounts : IAct
{
    public async Task Play(DemoContext context, CancellationToken ct)
    {
        await context.Accounts.Create(ct);
        var late = Enumerable.Range(1, DemoEntries.Players).Count(DemoEntries.IsAccountLate);
        context.Say(
            $"{DemoEntries.Players - 1} players have accounts, {late} of them not ready yet, {ActivityChallenge.Third} has none");
    }
}
