using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Accounts;

/// <summary>
/// Reads again the accounts that events hinted at, and wakes their players' waiting payouts when transfers are possible.
/// </summary>
public sealed class AccountReader(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, PayoutOptions options)
{
    /// <summary>
    /// As many at once as payouts are dispatched: they wait for accounts that are to be read, so a round of it is short.
    /// </summary>
    /// <returns>How many were read; fewer than there are when Stripe does not answer now.</returns>
    public async Task<int> ReadStale(CancellationToken ct)
    {
        var stale = await database.Run(tx => tx.StaleAccounts(options.Parallel), ct);
        var read = await Task.WhenAll(stale.Select(account => Read(account, ct)));
        return read.Count(r => r);
    }

    private async Task<bool> Read(PayoutAccount account, CancellationToken ct)
    {
        var answer = await stripe.ReadAccount(account.AccountId, ct);
        if (answer is StripeAnswer.Account shown)
        {
            return await database.OrPassOver(
                async () =>
                {
                    await database.Run(tx => Save(shown.Reading, account.Hints, tx), ct);
                    return true;
                }, "account", account.AccountId, (at, tx) => tx.ReadAccountAt(account, at), ct);
        }

        if (!stripe.IsSilent)
            await database.Run(tx => tx.NotRead("account", account.AccountId, answer, at => tx.ReadAccountAt(account, at)), ct);
        return false;
    }

    /// <summary>
    /// What Stripe says replaces what events said: nobody is paid on the word of an event. Whose the account is says our own
    /// request for it, and not the metadata, which whoever can write accounts at Stripe can edit.
    /// </summary>
    /// <param name="hints">That were known before Stripe was asked.</param>
    public static async Task Save(AccountReading reading, long hints, Tx tx)
    {
        var owner = await tx.OwnerOf(reading.AccountId)
            ?? throw new InvariantException($"account {reading.AccountId} has no owner");
        if (reading.PlayerId is { } named && named != owner)
            tx.Alert(AccountAlerts.OwnerEdited(reading, named, owner));
        await tx.LockPlayer(owner);
        var before = await tx.LockAccount(reading.AccountId)
            ?? throw new InvariantException($"account {reading.AccountId} is not known here");
        var after = AccountChange.Of(before, reading, tx.Now);
        await tx.SaveAccount(reading, hints, after);
        await tx.WasRead("account", reading.AccountId);
        if (reading.IsReady && after.GoneAt is null) await tx.WakePayouts(owner);
        if (after.BankStopped) BankStopped(reading, owner, after, tx);
        switch (after.Kind)
        {
            case AccountChangeKind.BecameReady:
                if (await tx.CloseOnboarding(owner) is { } closed)
                {
                    tx.NotifyPlayer(
                        $"account-ready/{owner}/{closed.Round}", NotificationKinds.AccountReady, owner, reading.AccountId);
                    tx.Measure(() => PayoutMetrics.OnboardingSeconds.Record((tx.Now - closed.OpenedAt).TotalSeconds));
                }

                break;
            case AccountChangeKind.BecameDisabled:
                await tx.OpenOnboarding(owner, OnboardingReasons.Disabled);
                break;
            case AccountChangeKind.BecameRejected:
                await Rejected(reading, owner, after, tx);
                break;
            case AccountChangeKind.WasLost:
                await tx.OpenOnboarding(owner, OnboardingReasons.Deauthorized);
                await tx.WakePayouts(owner);
                tx.Alert(AccountAlerts.Lost(reading, owner));
                break;
        }
    }

    /// <summary>Before a payment to the bank fails: what is won meanwhile reaches the account and stays there.</summary>
    private static void BankStopped(AccountReading reading, string owner, AccountChange after, Tx tx)
    {
        var why = BankStopWords.Of(reading.Standing);
        tx.NotifyPlayer(
            $"account-restricted/{reading.AccountId}/{after.StatusNo}", NotificationKinds.AccountRestricted, owner,
            reading.AccountId, facts: new Dictionary<string, string> { ["reason"] = why });
        tx.Alert(AccountAlerts.Restricted(reading, after, owner, why));
    }

    /// <summary>No link would help: a person has to talk to the player.</summary>
    private static async Task Rejected(AccountReading reading, string owner, AccountChange after, Tx tx)
    {
        await tx.CloseOnboarding(owner);
        tx.NotifyPlayer(
            $"account-disabled/{reading.AccountId}/{after.StatusNo}", NotificationKinds.AccountDisabled, owner, reading.AccountId,
            facts: new Dictionary<string, string> { ["reason"] = reading.Standing.DisabledReason ?? OnboardingStatus.Rejected });
        tx.Alert(AccountAlerts.Rejected(reading, after, owner));
    }
}

/// <summary>Why money stays in an account, for people.</summary>
public static class BankStopWords
{
    /// <summary><c>payouts to the bank are switched off (requirements.past_due); past due: individual.id_number</c></summary>
    public static string Of(AccountStanding standing)
    {
        var words = new List<string>();
        var because = standing.DisabledReason is { } reason ? $" ({reason})" : "";
        if (!standing.PayoutsEnabled) words.Add($"payouts to the bank are switched off{because}");
        else if (standing.DisabledReason is { } named) words.Add($"Stripe names {named}");
        if (standing.PastDue.Count > 0) words.Add($"past due: {string.Join(", ", standing.PastDue)}");
        else if (standing.CurrentlyDue.Count > 0) words.Add($"due: {string.Join(", ", standing.CurrentlyDue)}");
        return string.Join("; ", words);
    }
}
