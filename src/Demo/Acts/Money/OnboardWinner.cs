using System.Net;
using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>
/// A winner without an account: Payout makes one and sends a link of its own, the winner follows it like a browser, leaves
/// Stripe's pages halfway - nothing is paid - and comes back with the same link to finish. Then the prize goes by itself.
/// </summary>
public sealed class OnboardWinner : IAct
{
    private const string Halfway = "incomplete";
    private const string Finished = "complete";

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var winner = ActivityChallenge.Third;
        await context.Until($"{winner}, who has no account, gets a link", told => Link(told, winner) is not null, ct);
        var link = Link(context.Told, winner)!;
        var account = await context.Environment.Database.AccountOf(winner, ct) ?? "";
        context.Check(account.Length > 0, $"{winner} was sent a link and has no account");
        context.Accounts.Learn(winner, account);
        context.Say(
            $"onboarding: {winner} won {Figures.Usd(Prize(context.Told, winner).AmountMinor)} and had no account; Payout made "
                + $"{account} and sent a link");

        await Follow(context, link, Halfway, ct);
        await context.Until("the account was read again",
            async () => await context.Environment.Database.AccountStatus(account, ct) == Halfway, ct);
        context.Check(Prize(context.Told, winner).State == "awaiting_account",
            $"{winner} left halfway, and the payout is {Prize(context.Told, winner).State}");
        context.Say($"onboarding: {winner} left Stripe's pages halfway; the account is {Halfway}, the prize waits");

        await Follow(context, link, Finished, ct);
        await context.Until(
            "the prize of the new account is on its way", told => Prize(told, winner).State != "awaiting_account", ct);
        await context.Until($"account {account} is {Finished}",
            async () => await context.Environment.Database.AccountStatus(account, ct) == Finished, ct);
        await context.Until(
            $"{winner} is told that the account is ready",
            told => told.Notices.Any(n => n.Kind == NotificationKinds.AccountReady && n.PlayerId == winner), ct);
        context.Say($"onboarding: {winner} came back with the same link and finished; the prize goes by itself");
    }

    private static PayoutChangedV1 Prize(DemoSnapshot told, string winner) =>
        told.Payouts.Single(p => p.PlayerId == winner && p.ContestId == ActivityChallenge.ContestId);

    private static string? Link(DemoSnapshot told, string winner) =>
        told.Notices.FirstOrDefault(n => n.Kind == NotificationKinds.OnboardingNeeded
            && n.PlayerId == winner)?.Facts.GetValueOrDefault("link");

    /// <summary>Our link, Stripe's page behind it, what is pressed there, and back to us.</summary>
    private static async Task Follow(DemoContext context, string link, string pressed, CancellationToken ct)
    {
        var browser = context.Environment.Payout;
        Uri? page = null;
        await context.Until("our link leads on to Stripe",
            async () => (page = (await browser.Visit(HttpMethod.Get, new Uri(link), ct)).Location) is not null, ct);
        var shown = await browser.Visit(HttpMethod.Get, page!, ct);
        context.Check(shown.Status == HttpStatusCode.OK, $"Stripe's page answered {(int)shown.Status}");
        var (_, back) = await browser.Visit(HttpMethod.Post, new Uri($"{page}/{pressed}"), ct);
        context.Check(back is not null, $"Stripe did not send the winner back after '{pressed}'");
        if (back is null) return;
        var (status, _) = await browser.Visit(HttpMethod.Get, back, ct);
        context.Check(status == HttpStatusCode.OK, $"the page for those who come back answered {(int)status}");
    }
}
