using System.Net;
using ContestPipeline.Contracts;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>
/// A winner without an account: Payout makes one and sends a link of its own, the winner follows it like a browser, leaves Stripe's pages halfway - nothing is
/// paid - and comes back with the same link to finish. Then the prize goes by itself.
/// </summary>
public sealed class OnboardWinner : IAct
{
    private const string Halfway = "incomplete";
    private const string Finished = "complete";

    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var winner = ActivityChallenge.Third;
        await scene.Until($"{winner}, who has no account, gets a link", told => Link(told, winner) is not null, ct);
        var link = Link(scene.Told, winner)!;
        var account = await scene.Stage.Database.AccountOf(winner, ct) ?? "";
        scene.Check(account.Length > 0, $"{winner} was sent a link and has no account");
        scene.Accounts.Learn(winner, account);
        scene.Say($"onboarding: {winner} won {Figures.Usd(Prize(scene.Told, winner).AmountMinor)} and had no account; Payout made {account} and sent a link");

        await Follow(scene, link, Halfway, ct);
        await scene.Until("the account was read again", async () => await scene.Stage.Database.AccountStatus(account, ct) == Halfway, ct);
        scene.Check(Prize(scene.Told, winner).State == "awaiting_account", $"{winner} left halfway, and the payout is {Prize(scene.Told, winner).State}");
        scene.Say($"onboarding: {winner} left Stripe's pages halfway; the account is {Halfway}, the prize waits");

        await Follow(scene, link, Finished, ct);
        await scene.Until("the prize of the new account is on its way", told => Prize(told, winner).State != "awaiting_account", ct);
        await scene.Until($"account {account} is {Finished}", async () => await scene.Stage.Database.AccountStatus(account, ct) == Finished, ct);
        await scene.Until(
            $"{winner} is told that the account is ready", told => told.Notices.Any(n => n.Kind == NotificationKinds.AccountReady && n.PlayerId == winner), ct);
        scene.Say($"onboarding: {winner} came back with the same link and finished; the prize goes by itself");
    }

    private static PayoutChangedV1 Prize(DemoSnapshot told, string winner) =>
        told.Payouts.Single(p => p.PlayerId == winner && p.ContestId == ActivityChallenge.ContestId);

    private static string? Link(DemoSnapshot told, string winner) =>
        told.Notices.FirstOrDefault(n => n.Kind == NotificationKinds.OnboardingNeeded && n.PlayerId == winner)?.Facts.GetValueOrDefault("link");

    /// <summary>Our link, Stripe's page behind it, what is pressed there, and back to us.</summary>
    private static async Task Follow(DemoScene scene, string link, string pressed, CancellationToken ct)
    {
        var browser = scene.Stage.Payout;
        Uri? page = null;
        await scene.Until("our link leads on to Stripe", async () => (page = (await browser.Visit(HttpMethod.Get, new Uri(link), ct)).Location) is not null, ct);
        var shown = await browser.Visit(HttpMethod.Get, page!, ct);
        scene.Check(shown.Status == HttpStatusCode.OK, $"Stripe's page answered {(int)shown.Status}");
        var (_, back) = await browser.Visit(HttpMethod.Post, new Uri($"{page}/{pressed}"), ct);
        scene.Check(back is not null, $"Stripe did not send the winner back after '{pressed}'");
        if (back is null) return;
        var (status, _) = await browser.Visit(HttpMethod.Get, back, ct);
        scene.Check(status == HttpStatusCode.OK, $"the page for those who come back answered {(int)status}");
    }
}
