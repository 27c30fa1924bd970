using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Payout.Accounts;

/// <summary>An account as it was last read.</summary>
/// <param name="StatusNo">How often its status has changed, or its payments to the bank have stopped.</param>
/// <param name="DeauthorizedAt">When an event said that the platform has lost it.</param>
/// <param name="GoneAt">When it stopped counting; such an account is never paid.</param>
public sealed record KnownAccount(
    string AccountId, string PlayerId, string Transfers, string Status, int StatusNo, DateTimeOffset? DeauthorizedAt,
    DateTimeOffset? GoneAt);

/// <summary>What a new reading of an account means.</summary>
public enum AccountChangeKind
{
    Nothing,
    BecameReady,
    BecameDisabled,
    BecameRejected,

    /// <summary>An event said so, and Stripe does not show the account any more.</summary>
    WasLost,
}

/// <summary>What an account is after a reading, and what follows.</summary>
public sealed record AccountChange(AccountChangeKind Kind, string Status, int StatusNo, DateTimeOffset? GoneAt)
{
    /// <summary>
    /// Transfers still reach the account, and Stripe has stopped what goes on to the bank, or will for what is past due.
    /// </summary>
    public bool BankStopped { get; init; }

    public static AccountChange Of(KnownAccount before, AccountReading reading, DateTimeOffset now)
    {
        var status = OnboardingStatus.Of(reading);
        var wasReady = before.Transfers == "active";
        var bankStopped = reading.IsReady && status == OnboardingStatus.Restricted && before.GoneAt is null
            && !(wasReady && before.Status == OnboardingStatus.Restricted);
        var statusNo = status == before.Status && !bankStopped ? before.StatusNo : before.StatusNo + 1;
        if (before.GoneAt is not null) return new AccountChange(AccountChangeKind.Nothing, status, statusNo, before.GoneAt);
        if (reading.Transfers == AccountReading.Unreadable && before.DeauthorizedAt is not null)
            return new AccountChange(AccountChangeKind.WasLost, status, statusNo, now);

        var kind = status == OnboardingStatus.Rejected && before.Status != OnboardingStatus.Rejected
            ? AccountChangeKind.BecameRejected
            : reading.IsReady && !wasReady ? AccountChangeKind.BecameReady
            : !reading.IsReady && wasReady && status != OnboardingStatus.Rejected ? AccountChangeKind.BecameDisabled
            : AccountChangeKind.Nothing;
        return new AccountChange(kind, status, statusNo, null) { BankStopped = bankStopped };
    }
}
