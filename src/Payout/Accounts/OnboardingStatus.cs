using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Payout.Accounts;

/// <summary>
/// How far a player has come on the way to being paid, as players and front ends see it. Whether money is sent does not depend on
/// it but on the capability alone.
/// </summary>
public static class OnboardingStatus
{
    /// <summary>There is no account, or none that is still ours.</summary>
    public const string NotStarted = "notStarted";

    /// <summary>Stripe waits for the player, or is still looking at what the player gave.</summary>
    public const string Incomplete = "incomplete";

    /// <summary>Money can be sent to the account and from there to a bank.</summary>
    public const string Complete = "complete";

    /// <summary>Stripe has switched something off and wants something first.</summary>
    public const string Restricted = "restricted";

    /// <summary>Stripe wants nothing to do with this holder.</summary>
    public const string Rejected = "rejected";

    public static IReadOnlyList<string> All { get; } = [NotStarted, Incomplete, Complete, Restricted, Rejected];

    private const string StillBeingChecked = "requirements.pending_verification";

    /// <summary>From what Stripe says alone; the order of the questions matters.</summary>
    public static string Of(AccountReading account)
    {
        var standing = account.Standing;
        if (account.Transfers == AccountReading.Unreadable) return NotStarted;
        if (standing.DisabledReason?.StartsWith("rejected.", StringComparison.Ordinal) == true) return Rejected;
        if (!standing.DetailsSubmitted) return account.IsReady ? Complete : Incomplete;
        if (standing.DisabledReason is not null and not StillBeingChecked || standing.PastDue.Count > 0) return Restricted;
        if (!account.IsReady) return Incomplete;
        return standing.PayoutsEnabled ? Complete : Restricted;
    }
}
