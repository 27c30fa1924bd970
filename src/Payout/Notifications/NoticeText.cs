using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Notifications;

/// <summary>Something as it is told to a person.</summary>
/// <param name="NoticeId">Told once per sink and level: receivers can recognise a repetition by it.</param>
/// <param name="Audience"><c>player</c>, <c>reviewer</c> or <c>operator</c>.</param>
public sealed record Notice(
    string NoticeId, string Audience, string Kind, string? PlayerId, string? ContestId, string Title, string Body,
    DateTimeOffset At);

/// <summary>The templates: what each kind of notification and an alert say, with their amounts. Pure.</summary>
public static class NoticeText
{
    public const string Operator = NotificationAudiences.Operator;

    /// <summary>No contest's id begins so: new ids hold no slash.</summary>
    public const string WithdrawalPrefix = "withdrawal/";

    /// <summary>A fact that tells that the player's wallet was credited.</summary>
    public const string WalletFact = "wallet";

    /// <exception cref="ArgumentException">The kind has no template.</exception>
    public static Notice Of(NotificationV1 n)
    {
        var (title, body) = Words(n);
        return new Notice(n.NotificationId, n.Audience, n.Kind, n.PlayerId, n.ContestId, title, body, n.At);
    }

    public static Notice Of(AlertRaisedV1 a) => new(
        AlertNoticeId(a.DedupKey, a.Episode ?? 1), Operator, a.Kind, null, null,
        $"[{a.Severity.ToUpperInvariant()}] {a.Kind}: {a.Subject}",
        $"{a.Cause}\n\nWhat to do: {a.RecommendedAction}\n\nRaised by {a.RaisedBy} at {a.RaisedAt:u}; key {a.DedupKey}.",
        a.RaisedAt);

    /// <summary>That an alert is over.</summary>
    public static Notice Of(AlertResolvedV1 over, AlertView alert) => new(
        $"{AlertNoticeId(alert.DedupKey, alert.Episode)}/over", Operator, alert.Kind, null, null,
        $"[RESOLVED] {alert.Kind}: {alert.Subject}",
        $"{over.Because}\n\nIt was: {alert.Cause}\n\nEnded by {over.ResolvedBy} at {over.ResolvedAt:u}; key {alert.DedupKey}.",
        over.ResolvedAt);

    /// <summary>The id of the notice that tells of an alert for the n-th time.</summary>
    public static string AlertNoticeId(string dedupKey, int episode) =>
        episode == 1 ? $"alert/{dedupKey}" : $"alert/{dedupKey}#{episode}";

    private static (string Title, string Body) Words(NotificationV1 n) =>
        AccountWords(n) ?? StaffWords(n) ?? WalletWords(n) ?? MoneyWords(n);

    /// <returns>Null: players are told it.</returns>
    private static (string Title, string Body)? StaffWords(NotificationV1 n) => n.Kind switch
    {
        NotificationKinds.RefundAsked =>
            ("An entry fee is given back",
                $"{Fact(n, "by")} gives back {Amount(n)} for entry {n.Subject} of player {n.PlayerId}, contest {n.ContestId}."
                    + $"{Because(n)}"),
        NotificationKinds.ApprovalNeeded =>
            ("A payout needs a decision",
                $"Payout {n.Subject} of {Amount(n)} to player {n.PlayerId}, contest {n.ContestId}, is held.{Because(n)}"),
        _ => null,
    };

    /// <returns>Null: it tells of something else than the player's account.</returns>
    private static (string Title, string Body)? AccountWords(NotificationV1 n) => n.Kind switch
    {
        NotificationKinds.OnboardingNeeded =>
            ("Set up your account to be paid", $"You have {Amount(n)} waiting. Set up your account here: {Fact(n, "link")}"),
        NotificationKinds.OnboardingReminder =>
            ("Your prize is still waiting",
                $"{Amount(n)} is waiting for you. Finish setting up your account here: {Fact(n, "link")}"),
        NotificationKinds.AccountReady =>
            ("Your account is ready", "Your account can receive prizes now; what was waiting is on its way."),
        NotificationKinds.AccountDisabled =>
            ("Your account cannot receive prizes",
                $"Your account cannot receive transfers at the moment.{Because(n)} What you win waits for you until it can."),
        NotificationKinds.AccountRestricted =>
            ("Your prizes cannot reach your bank",
                $"Prizes still arrive in your account at Stripe, but do not go on to your bank.{Because(n)} Open your account "
                    + $"and give Stripe what it asks for."),
        _ => null,
    };

    /// <returns>Null: it tells of something else than what a player pays into the wallet or takes out of it.</returns>
    private static (string Title, string Body)? WalletWords(NotificationV1 n) => n.Kind switch
    {
        NotificationKinds.DepositCredited => ("Your deposit is in your wallet", $"{Amount(n)} is in your wallet now."),
        NotificationKinds.DepositDeclined =>
            ("Your deposit was declined",
                $"The deposit of {Amount(n)} was not taken.{Because(n)} You can make another one, with another card."),
        NotificationKinds.DepositRefunded =>
            ("Your deposit goes back to your card", $"{Amount(n)} from your wallet is on its way back to the card; it may take days."),
        NotificationKinds.DepositRefundFailed =>
            ("Your deposit did not go back to your card",
                $"{Amount(n)} is in your wallet again.{Because(n)} Ask for a withdrawal instead once it is 90 days old."),
        NotificationKinds.Paid when IsWithdrawal(n) =>
            ("Your withdrawal was sent", $"{Amount(n)} from your wallet was transferred to your account ({n.Subject})."),
        NotificationKinds.PayoutFailed when IsWithdrawal(n) =>
            ("Your withdrawal could not be sent", $"{Amount(n)} could not be transferred and is in your wallet again."),
        NotificationKinds.PayoutDelayed when IsWithdrawal(n) =>
            ("Your withdrawal is on hold", $"{Amount(n)} from your wallet is waiting.{Because(n)}"),
        NotificationKinds.Approved when IsWithdrawal(n) =>
            ("Your withdrawal was approved", $"{Amount(n)} from your wallet was approved and is on its way."),
        NotificationKinds.Rejected when IsWithdrawal(n) =>
            ("Your withdrawal was rejected", $"{Amount(n)} is in your wallet again.{Because(n)}"),
        _ => null,
    };

    /// <summary>Its payout names a withdrawal in a contest's place.</summary>
    private static bool IsWithdrawal(NotificationV1 n) =>
        n.ContestId is { } contest && contest.StartsWith(WithdrawalPrefix, StringComparison.Ordinal);

    private static (string Title, string Body) MoneyWords(NotificationV1 n) => n.Kind switch
    {
        NotificationKinds.PaymentNeeded =>
            ("Pay your entry fee",
                $"Your entry {n.Subject} to contest {n.ContestId} costs {Amount(n)}. It takes part once the fee is paid, "
                    + $"before the contest locks."),
        NotificationKinds.PaymentDeclined =>
            ("Your payment was declined",
                $"The fee of {Amount(n)} for entry {n.Subject} was not taken.{Because(n)} You can try again until contest "
                    + $"{n.ContestId} locks."),
        NotificationKinds.EntryRefused =>
            ("Your entry does not take part",
                $"Entry {n.Subject} does not take part in contest {n.ContestId}.{Because(n)} A fee that was paid goes back to "
                    + $"you."),
        NotificationKinds.EntryRefunded when n.Facts.ContainsKey(WalletFact) =>
            ("Your stake is back in your wallet",
                $"{Amount(n)} for entry {n.Subject} in contest {n.ContestId} is in your wallet again.{Because(n)}"),
        NotificationKinds.EntryRefunded =>
            ("Your entry fee goes back to you",
                $"{Amount(n)} for entry {n.Subject} in contest {n.ContestId} is being refunded to where it was paid from; it "
                    + $"may take days to arrive.{Because(n)}"),
        NotificationKinds.Won when n.Facts.ContainsKey(WalletFact) =>
            ("You won", $"{Amount(n)} after fees from contest {n.ContestId} is in your wallet, your returned stake included."),
        NotificationKinds.Won when n.Facts.TryGetValue("revision", out var revision) =>
            ("You won more",
                $"The result of contest {n.ContestId} was corrected (revision {revision}): you won {Amount(n)} more after "
                    + $"fees. It is sent to your account as soon as that can receive it."),
        NotificationKinds.Won =>
            ("You won",
                $"You won {Amount(n)} after fees in contest {n.ContestId}. It is sent to your account as soon as that can "
                    + $"receive it."),
        NotificationKinds.Paid =>
            ("Your prize was sent", $"{Amount(n)} from contest {n.ContestId} was transferred to your account ({n.Subject})."),
        NotificationKinds.PayoutFailed =>
            ("Your prize could not be sent",
                $"{Amount(n)} from contest {n.ContestId} could not be transferred. The money stays yours and we look into it."),
        NotificationKinds.PayoutDelayed =>
            ("Your prize is on hold", $"{Amount(n)} from contest {n.ContestId} is waiting.{Because(n)}"),
        NotificationKinds.BankPayoutPaid =>
            ("Money is in your bank account", $"{Amount(n)} arrived in your bank account ({n.Subject})."),
        NotificationKinds.BankPayoutFailed =>
            ("Your bank did not take the money",
                $"{Amount(n)} could not be paid into your bank account ({n.Subject}).{Because(n)} Check your bank details."),
        NotificationKinds.Approved =>
            ("Your prize was approved", $"{Amount(n)} from contest {n.ContestId} was approved and is on its way."),
        NotificationKinds.Rejected =>
            ("Your prize was rejected", $"{Amount(n)} from contest {n.ContestId} will not be paid.{Because(n)}"),
        NotificationKinds.DisputeOpened =>
            ("A payment is disputed",
                $"A payment of yours over {Amount(n)} is disputed ({n.Subject}). Prizes that are not paid yet wait until this "
                    + $"is decided."),
        NotificationKinds.DisputeClosed =>
            ("The dispute is decided", $"The dispute {n.Subject} over {Amount(n)} is closed.{Because(n)}"),
        NotificationKinds.PrizeCorrected =>
            ("Your prize was corrected",
                $"The result of contest {n.ContestId} was corrected (revision {Fact(n, "revision")}): your prize is "
                    + $"{Amount(n)} less after fees. What was sent already is taken back from your account as far as it is "
                    + $"there."),
        _ => throw new ArgumentException($"notification kind {n.Kind} has no template", nameof(n)),
    };

    /// <summary>Minor units as people write them: <c>12.34 USD</c>, <c>1,234 JPY</c>.</summary>
    public static string Money(long amountMinor, string currency) =>
        $"{Currencies.Written(amountMinor, currency)} {currency.ToUpperInvariant()}";

    private static string Amount(NotificationV1 n) => n.AmountMinor is { } minor ? Money(minor, n.Currency ?? "") : "an amount";

    private static string Because(NotificationV1 n) =>
        n.Facts.TryGetValue("reason", out var reason) && reason.Length > 0 ? $" Reason: {reason}." : "";

    private static string Fact(NotificationV1 n, string name) => n.Facts.GetValueOrDefault(name) ?? "(ask support)";
}
