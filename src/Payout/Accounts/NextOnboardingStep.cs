using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Payout.Accounts;

/// <summary>What is to be done about a winner who cannot be paid yet.</summary>
public abstract record OnboardingStep
{
    private OnboardingStep() { }

    /// <summary>Nothing waits any more.</summary>
    public sealed record Close : OnboardingStep;

    /// <summary>Told, and nothing waits for it: no reminders.</summary>
    public sealed record Quiet : OnboardingStep;

    /// <summary>Stripe is asked for an account; the player is told once there is one.</summary>
    /// <param name="Key">The idempotency key.</param>
    public sealed record MakeAccount(int AccountNo, string Key) : OnboardingStep;

    /// <param name="Kind">One of <see cref="NotificationKinds"/>.</param>
    /// <param name="Alert">A person is told as well: the prize counts as unclaimed.</param>
    public sealed record Tell(string Kind, DateTimeOffset NextAt, bool Alert) : OnboardingStep;
}

/// <summary>Decides the next step of a winner's onboarding from what is stored. No clock, no database.</summary>
public static class NextOnboardingStep
{
    /// <param name="account">The account that would be paid; null when the player has none.</param>
    public static OnboardingStep Decide(
        OnboardingFacts facts, PayoutAccount? account, WaitingPrizes waiting, DateTimeOffset now, ReminderSchedule schedule)
    {
        if (account is { IsReady: true, Stale: false }) return new OnboardingStep.Close();
        var toldEvenIfNothingWaits = facts.Reason is OnboardingReasons.Disabled or OnboardingReasons.Deauthorized;
        if (waiting.Count == 0 && !toldEvenIfNothingWaits) return new OnboardingStep.Close();
        if (waiting.Count == 0 && facts.NoticesSent > 0) return new OnboardingStep.Quiet();
        if (account is null)
        {
            var accountNo = facts.AccountsAsked + 1;
            return new OnboardingStep.MakeAccount(accountNo, KeyOf(facts.PlayerId, accountNo));
        }

        var firstAt = facts.FirstNoticeAt ?? now;
        var kind = facts.NoticesSent > 0 ? NotificationKinds.OnboardingReminder
            : toldEvenIfNothingWaits ? NotificationKinds.AccountDisabled
            : NotificationKinds.OnboardingNeeded;
        var alert = facts.AlertedAt is null && facts.FirstNoticeAt is not null && now >= firstAt + schedule.AlertAfter;
        var nextAt = schedule.NextAfter(firstAt, now);
        if (facts.AlertedAt is null && !alert && firstAt + schedule.AlertAfter < nextAt) nextAt = firstAt + schedule.AlertAfter;
        return new OnboardingStep.Tell(kind, nextAt, alert);
    }

    /// <summary>The idempotency key of a player's request for an account.</summary>
    /// <param name="accountNo">1, 2, 3 …</param>
    public static string KeyOf(string playerId, int accountNo) =>
        accountNo == 1 ? $"account/{playerId}" : string.Create(CultureInfo.InvariantCulture, $"account/{playerId}#{accountNo}");

    /// <summary>
    /// As later requests were called before: that of player <c>a</c> for a second account like that of player <c>a/2</c> for a
    /// first. They keep their keys; no id has the sign that is used now.
    /// </summary>
    private static string FormerKeyOf(string playerId, int accountNo) =>
        string.Create(CultureInfo.InvariantCulture, $"account/{playerId}/{accountNo}");

    /// <returns>Which request for an account of the player the key is of; null: of none.</returns>
    public static int? NumberOf(string playerId, string key)
    {
        if (key == KeyOf(playerId, 1)) return 1;
        return int.TryParse(
            key.AsSpan(key.AsSpan().LastIndexOfAny('/', '#') + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            && number > 1 && (key == KeyOf(playerId, number) || key == FormerKeyOf(playerId, number)) ? number : null;
    }
}
