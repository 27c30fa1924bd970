using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Monitoring;

/// <summary>Something that has waited longer than it should.</summary>
/// <param name="Subject">What waits: a contest and revision, or the kind of a request.</param>
/// <param name="Since">Since when the oldest of it waits, UTC.</param>
/// <param name="Count">How many things wait.</param>
/// <param name="Missing">What is missing, in words.</param>
public sealed record Overdue(string Subject, DateTimeOffset Since, long Count, string Missing);

/// <summary>One state that waits for another worker, for Stripe or for a person, and how long it may.</summary>
/// <param name="Kind">The alert's kind, and the beginning of its key.</param>
/// <param name="Patience">After which a person is told.</param>
/// <param name="Action">What that person does.</param>
public sealed record WaitRule(string Kind, TimeSpan Patience, AlertSeverity Severity, string Action)
{
    /// <returns>The key of the alert about a subject.</returns>
    public string Key(string subject) => $"{Kind}/{subject}";
}

/// <summary>Every state of Payout in which it waits for somebody else: none waits without a word.</summary>
public static class WaitRules
{
    /// <summary>A contest of whose result a part has come: a chunk, the totals or the finalisation is missing.</summary>
    public static readonly WaitRule Result = new(
        "result-incomplete", TimeSpan.FromMinutes(30), AlertSeverity.Critical,
        "see whether the message is parked or was given up (contestctl parked list, contestctl parked discarded), and replay "
            + "it from its topic; nothing of this contest is paid until it is there");

    /// <summary>A contest whose result is complete and whose awards are not posted.</summary>
    public static readonly WaitRule Posting = new(
        "posting-slow", TimeSpan.FromHours(1), AlertSeverity.Critical,
        "Payout's log and the alert job-failed name the cause; it is tried again by itself");

    /// <summary>A contest that is final and of which no result has come.</summary>
    public static readonly WaitRule NoResult = new(
        "result-missing", TimeSpan.FromHours(6), AlertSeverity.Critical,
        "look at the contest in Settlement (contestctl contest show): it waits for a copy, found a mismatch, or its messages "
            + "are parked or lost");

    /// <summary>Entries that have paid and of which Scoring has neither said that they take part nor that they do not.</summary>
    public static readonly WaitRule Unaccepted = new(
        "entry-unanswered", TimeSpan.FromMinutes(30), AlertSeverity.Critical,
        "see whether Scoring lags behind or a message of the contest is parked or was given up, and replay it; the players "
            + "have paid and do not know whether they play");

    /// <summary>
    /// Entries that have paid and that the finalised contest does not count: they play nowhere and nobody gives the fee back.
    /// </summary>
    public static readonly WaitRule PaidOutside = new(
        "paid-not-accepted", TimeSpan.FromMinutes(5), AlertSeverity.Critical,
        "the acceptance or the refusal was lost: replay it, or give the fees back (contestctl entries refund)");

    /// <summary>Fees that are asked for and for which Stripe has made nothing that could be paid.</summary>
    public static readonly WaitRule Intent = new(
        "payment-not-made", TimeSpan.FromHours(1), AlertSeverity.Warning,
        "look at Stripe's status page and at alerts of the key; it is asked for again by itself");

    /// <summary>Refunds that were asked for and are not made.</summary>
    public static readonly WaitRule Refund = new(
        "refund-slow", TimeSpan.FromHours(24), AlertSeverity.Critical,
        "look at the balance (contestctl balance) and at Stripe's status page; it is asked for again by itself");

    /// <summary>Refunds that are made and that Stripe has not sent.</summary>
    public static readonly WaitRule RefundPending = new(
        "refund-pending", TimeSpan.FromHours(48), AlertSeverity.Warning,
        "add funds to the platform's balance, or look the refunds up in Stripe's dashboard");

    /// <summary>Payouts that were sent and of which nobody knows the end.</summary>
    public static readonly WaitRule Submitting = new(
        "payout-slow", TimeSpan.FromHours(24), AlertSeverity.Critical,
        "look the transfers up in Stripe's dashboard by their group; they are asked for again by themselves");

    /// <summary>Payouts that wait for a reviewer, or for somebody to find out what is wrong.</summary>
    public static readonly WaitRule Held = new(
        "payout-waits-for-review", TimeSpan.FromHours(24), AlertSeverity.Warning,
        "review them (contestctl payouts list --state held): release or reject each");

    /// <summary>Payouts that wait for money.</summary>
    public static readonly WaitRule Funds = new(
        "payout-waits-for-funds", TimeSpan.FromHours(24), AlertSeverity.Critical,
        "add funds to the platform's balance at Stripe; they go by themselves");

    /// <summary>Things that Stripe said have changed and that were not read since.</summary>
    public static readonly WaitRule Reading = new(
        "reading-slow", TimeSpan.FromHours(2), AlertSeverity.Warning,
        "look at alerts of the key and at Stripe's status page; each is read again by itself");

    /// <summary>Money on its way from a player's account to the bank that has not come there.</summary>
    public static readonly WaitRule Bank = new(
        "bank-payout-slow", TimeSpan.FromDays(10), AlertSeverity.Warning,
        "look the bank payouts up in Stripe's dashboard; the player may ask for the money");

    /// <summary>Requests to Stripe that are open.</summary>
    public static readonly WaitRule Call = new(
        "stripe-call-slow", TimeSpan.FromHours(24), AlertSeverity.Critical,
        "look at Stripe's status page and at alerts of the key; each is asked again by itself");

    /// <summary>
    /// Withdrawals that books which went back have lost, and whose money is not in the wallet to leave it again.
    /// </summary>
    public static readonly WaitRule LostWithdrawal = new(
        "withdrawal-not-made-again", TimeSpan.FromHours(1), AlertSeverity.Critical,
        "find what the wallet lacks (docs/runbooks/database-failover.md): a deposit that Stripe has and the books do not, or a "
            + "result that was not read again; the withdrawal is made as soon as the wallet holds it");

    /// <summary>
    /// Entries that took part before the books went back, and whose stake is not in the wallet to be taken again.
    /// </summary>
    public static readonly WaitRule LostStake = new(
        "stake-not-taken-again", TimeSpan.FromHours(1), AlertSeverity.Critical,
        "find what the wallet lacks (docs/runbooks/database-failover.md), or cancel the contest; it is not paid before");

    /// <summary>Drafts of challenges that were asked to be published and that Scoring has not answered.</summary>
    public static readonly WaitRule Draft = new(
        "draft-unanswered", TimeSpan.FromMinutes(30), AlertSeverity.Warning,
        "see whether Scoring lags behind (contestctl topics lag) or the message is parked or was given up (contestctl parked "
            + "list, contestctl parked discarded), and replay it from payments.events.v1; the creator can do nothing with it");

    public static IReadOnlyList<WaitRule> All { get; } =
        [Result, Posting, NoResult, Unaccepted, PaidOutside, Intent, Refund, RefundPending, Submitting, Held, Funds, Reading,
            Bank, Call, LostWithdrawal, LostStake, Draft];
}
