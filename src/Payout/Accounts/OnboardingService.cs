using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Accounts;

/// <summary>What a player gets who comes to the desk.</summary>
public abstract record DeskAnswer
{
    private DeskAnswer() { }

    /// <summary>A single-use address of Stripe's, for this visit alone.</summary>
    public sealed record GoTo(string Url) : DeskAnswer;

    /// <param name="Status">HTTP status.</param>
    public sealed record Say(int Status, string Title, string Text) : DeskAnswer;
}

/// <summary>
/// Sends players on to Stripe: our own link makes one of Stripe's at each visit, since those are used up by the first look and
/// expire within minutes.
/// </summary>
public sealed class OnboardingService(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, OnboardingOptions options,
    TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly DeskAnswer.Say s_soon =
        new(503, "In a moment", "Your account is being prepared. Please open the same link again in a minute.");

    private static readonly DeskAnswer.Say s_down =
        new(503, "In a moment",
            "Stripe does not answer right now. Please open the same link again in a few minutes; nothing is lost.");

    private static readonly DeskAnswer.Say s_done = new(
        200, "All done", "Your account is ready. Prizes are sent to it by themselves.");

    private static readonly DeskAnswer.Say s_rejected =
        new(200, "Please contact us",
            "Stripe cannot offer you an account. Please contact support; what you have won stays yours.");

    /// <summary>The link in a notice, and the address Stripe sends those to whose visit took too long.</summary>
    public async Task<DeskAnswer> Visit(string token, CancellationToken ct) => options.Read(token, clock.GetUtcNow()) switch
    {
        LinkAnswer.Valid valid => await SendOn(valid.PlayerId, token, ct),
        LinkAnswer.Expired =>
            new DeskAnswer.Say(
                410, "This link has expired", "Please use the newest message from us, or sign in to get a new link."),
        _ => new DeskAnswer.Say(403, "This link is not valid",
            "It was cut off or altered. Please open it exactly as it stands in the message, or sign in to get a new one."),
    };

    /// <summary>Coming back proves nothing: the account is read again, and that decides.</summary>
    public async Task<DeskAnswer> ComeBack(string token, CancellationToken ct)
    {
        if (options.Read(token, clock.GetUtcNow()) is LinkAnswer.Valid { PlayerId: var playerId })
            await database.Run(tx => AskAgain(playerId, tx), ct);
        return new DeskAnswer.Say(200, "Thank you",
            "We are asking Stripe how your account stands. You will get a message when it is ready, or when something is "
                + "missing.");
    }

    /// <summary>For a player who is signed in; null when the player has nothing to claim.</summary>
    public string? NewLink(string playerId) => options.LinkFor(playerId, clock.GetUtcNow());

    /// <summary>The player's own dashboard at Stripe.</summary>
    public async Task<DeskAnswer> Dashboard(string playerId, CancellationToken ct)
    {
        var (account, status) = await database.Run(tx => AccountAndStatus(playerId, tx), ct);
        if (account is null)
            return new DeskAnswer.Say(
                404, "No account", "There is no Stripe account yet. It is made with the first prize that waits for it.");
        if (status is OnboardingStatus.Incomplete)
            return new DeskAnswer.Say(
                409, "Not finished", "The dashboard opens when onboarding is finished. Use the onboarding link first.");
        var answer = await stripe.Make(
            "accounts.login_links.create",
            async (client,
                token) => await new AccountService(client).LoginLinks.CreateAsync(account.AccountId, cancellationToken: token),
            clock.GetUtcNow() + s_patience, ct);
        return answer switch
        {
            StripeAnswer.Found { Object: LoginLink link } => new DeskAnswer.GoTo(link.Url),
            StripeAnswer.Refused or StripeAnswer.AccountNotReady =>
                new DeskAnswer.Say(409, "Not now", "Stripe does not open a dashboard for this account."),
            _ => s_down,
        };
    }

    private async Task<DeskAnswer> SendOn(string playerId, string token, CancellationToken ct)
    {
        var (account, status) = await database.Run(tx => AccountAndStatus(playerId, tx), ct);
        if (account is null)
        {
            await database.Run(tx => OpenFor(playerId, tx), ct);
            return s_soon;
        }

        if (status == OnboardingStatus.Rejected) return s_rejected;
        if (status == OnboardingStatus.Complete && !account.Stale) return s_done;
        var answer = await stripe.Make(
            "account_links.create",
            async (client, cancel) => await new AccountLinkService(client).CreateAsync(
                new AccountLinkCreateOptions
                {
                    Account = account.AccountId,
                    Type = "account_onboarding",
                    RefreshUrl = $"{options.PublicUrl}/onboarding/refresh?token={token}",
                    ReturnUrl = $"{options.PublicUrl}/onboarding/return?token={token}",
                },
                cancellationToken: cancel),
            clock.GetUtcNow() + s_patience, ct);
        return answer switch
        {
            StripeAnswer.Found { Object: AccountLink link } => new DeskAnswer.GoTo(link.Url),
            StripeAnswer.Refused or StripeAnswer.AccountNotReady => s_rejected,
            _ => s_down,
        };
    }

    private static async Task<(PayoutAccount? Account, string? Status)> AccountAndStatus(string playerId, Tx tx)
    {
        var account = await tx.AccountOf(playerId);
        return (account, account is null ? null : await tx.StatusOf(account.AccountId));
    }

    private static async Task OpenFor(string playerId, Tx tx)
    {
        await tx.LockPlayer(playerId);
        await tx.OpenOnboarding(playerId, OnboardingReasons.NoAccount);
    }

    private static async Task AskAgain(string playerId, Tx tx)
    {
        await tx.LockPlayer(playerId);
        if (await tx.AccountOf(playerId) is { } account) await tx.HintAccount(account.AccountId);
    }
}
