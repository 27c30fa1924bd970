namespace ContestPipeline.Contracts;

/// <summary>Something a player, a reviewer or an operator is told, with the amounts that the template needs.</summary>
/// <remarks>
/// Key: player id, for reviewers and operators the subject. Producer: Payout. Consumers: the sinks (log, signed webhook, SMTP)
/// and front ends.
/// </remarks>
/// <param name="NotificationId">What it is about, in words (<c>won/{contest}/{revision}/{player}</c>): told once.</param>
/// <param name="Audience"><c>player</c>, <c>reviewer</c> or <c>operator</c>.</param>
/// <param name="Kind">One of <see cref="NotificationKinds"/>.</param>
/// <param name="PlayerId">Whom it concerns.</param>
/// <param name="Subject">Payout, entry, account or dispute id.</param>
/// <param name="AmountMinor">The amount it speaks of, in minor units; null when it speaks of none.</param>
/// <param name="Facts">Further words for the template: reason, place, title, link.</param>
[Wire("notification.v1", Topics.Notifications)]
public sealed record NotificationV1(
    string NotificationId, [OneOf(typeof(NotificationAudiences))] string Audience,
    [OneOf(typeof(NotificationKinds))] string Kind, string PlayerId, string Subject, string? ContestId, long? AmountMinor,
    string? Currency, IReadOnlyDictionary<string, string> Facts, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"notification/{NotificationId}";
    public string PartitionKey => Audience == NotificationAudiences.Player ? PlayerId : Subject;
}

/// <summary>Who is told.</summary>
public static class NotificationAudiences
{
    public const string Player = "player";
    public const string Reviewer = "reviewer";
    public const string Operator = "operator";

    public static IReadOnlyList<string> All { get; } = [Player, Reviewer, Operator];
}

/// <summary>Everything players, reviewers and operators are told, beside alerts.</summary>
public static class NotificationKinds
{
    public const string PaymentNeeded = "payment-needed";
    public const string PaymentDeclined = "payment-declined";
    public const string EntryRefused = "entry-refused";
    public const string EntryRefunded = "entry-refunded";
    public const string Won = "won";
    public const string OnboardingNeeded = "onboarding-needed";
    public const string OnboardingReminder = "onboarding-reminder";
    public const string AccountReady = "account-ready";
    public const string AccountDisabled = "account-disabled";
    public const string Paid = "paid";
    public const string PayoutFailed = "payout-failed";
    public const string PayoutDelayed = "payout-delayed";
    public const string BankPayoutPaid = "bank-payout-paid";
    public const string BankPayoutFailed = "bank-payout-failed";
    public const string ApprovalNeeded = "approval-needed";
    public const string Approved = "approved";
    public const string Rejected = "rejected";
    public const string DisputeOpened = "dispute-opened";
    public const string DisputeClosed = "dispute-closed";
    public const string PrizeCorrected = "prize-corrected";
    public const string AccountRestricted = "account-restricted";
    public const string RefundAsked = "refund-asked";
    public const string DepositCredited = "deposit-credited";
    public const string DepositDeclined = "deposit-declined";
    public const string DepositRefunded = "deposit-refunded";
    public const string DepositRefundFailed = "deposit-refund-failed";

    public static IReadOnlyList<string> All { get; } =
    [
        PaymentNeeded, PaymentDeclined, EntryRefused, EntryRefunded, Won, OnboardingNeeded, OnboardingReminder, AccountReady,
        AccountDisabled, Paid, PayoutFailed, PayoutDelayed, BankPayoutPaid, BankPayoutFailed, ApprovalNeeded, Approved, Rejected,
        DisputeOpened, DisputeClosed, PrizeCorrected, AccountRestricted, RefundAsked, DepositCredited, DepositDeclined,
        DepositRefunded, DepositRefundFailed,
    ];
}
