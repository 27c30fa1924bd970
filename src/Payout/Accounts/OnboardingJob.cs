using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Accounts;

/// <summary>Takes winners who cannot be paid one step on: an account made, a notice with a link, a reminder, an alert.</summary>
public sealed class OnboardingJob(OnboardingOptions options) : IJob
{
    public const int PlayersMax = 20;
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        var due = await tx.DueOnboardings(PlayersMax, failed.PassedOver(tx));
        foreach (var playerId in due.Order(StringComparer.Ordinal))
        {
            failed.Begin(playerId);
            await Advance(playerId, tx);
        }

        return due.Count == PlayersMax;
    }

    private async Task Advance(string playerId, Tx tx)
    {
        await tx.LockPlayer(playerId);
        if (await tx.LockOnboarding(playerId) is not { } facts || !(facts.NextAt <= tx.Now)) return;
        var account = await tx.AccountOf(playerId);
        var waiting = await tx.WaitingPrizes(playerId);
        switch (NextOnboardingStep.Decide(facts, account, waiting, tx.Now, options.Schedule))
        {
            case OnboardingStep.Close:
                await tx.CloseOnboarding(playerId);
                break;
            case OnboardingStep.Quiet:
                await tx.SaveOnboarding(facts with { NextAt = null });
                break;
            case OnboardingStep.MakeAccount make:
                await tx.SaveOnboarding(facts with { AccountsAsked = make.AccountNo, NextAt = null });
                await tx.Call(new StripeCall(make.Key, AccountCreation.KindName, playerId,
                    new AccountToMake(playerId, options.Country, options.MarkOf(make.Key))));
                break;
            case OnboardingStep.Tell tell:
                await Tell(facts, tell, account, waiting, tx);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private async Task Tell(OnboardingFacts facts, OnboardingStep.Tell tell, PayoutAccount? account, WaitingPrizes waiting, Tx tx)
    {
        var noticeNo = facts.NoticesSent + 1;
        await tx.SaveOnboarding(facts with
        {
            FirstNoticeAt = facts.FirstNoticeAt ?? tx.Now, NoticesSent = noticeNo, NextAt = tell.NextAt,
            AlertedAt = tell.Alert ? tx.Now : facts.AlertedAt,
        });
        var words = new Dictionary<string, string> { ["reason"] = facts.Reason };
        if (options.LinkFor(facts.PlayerId, tx.Now) is { } link) words["link"] = link;
        tx.NotifyPlayer(
            $"{tell.Kind}/{facts.PlayerId}/{facts.Round}/{noticeNo}", tell.Kind, facts.PlayerId,
            account?.AccountId ?? facts.PlayerId, waiting.ContestId, waiting.Count == 0 ? null : waiting.AmountMinor,
            waiting.Currency, words);
        if (tell.Alert)
            tx.Alert(AccountAlerts.PrizeUnclaimed(facts, waiting, noticeNo));
    }
}

/// <summary>What follows when a payout has to wait for its player's account.</summary>
public static class AskingForAccounts
{
    /// <summary>
    /// The player is asked for an account, or to finish the one there is. Not after Stripe has rejected it: no link would help,
    /// so that a person is told of the prize, once. The player is locked by the caller.
    /// </summary>
    /// <param name="account">The account that would be paid; null when the player has none.</param>
    public static async Task AskForAccount(this Tx tx, PayoutRecord payout, PayoutAccount? account)
    {
        if (account is null || await tx.StatusOf(account.AccountId) != OnboardingStatus.Rejected)
        {
            await tx.OpenOnboarding(payout.PlayerId, account is null ? OnboardingReasons.NoAccount : OnboardingReasons.NotReady);
            return;
        }

        tx.Alert(AccountAlerts.PrizeUnclaimed(payout, account));
    }
}
