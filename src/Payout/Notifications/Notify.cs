using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Notifications;

/// <summary>Tells players, reviewers and operators, with the transaction that makes it true.</summary>
public static class Notify
{
    private static readonly Dictionary<string, string> s_nothing = [];

    /// <param name="words">What it is about: told once.</param>
    public static void NotifyPlayer(
        this Tx tx, string words, string kind, string playerId, string subject, string? contestId = null,
        long? amountMinor = null, string? currency = null, IReadOnlyDictionary<string, string>? facts = null) =>
        tx.Send(new NotificationV1(
            words, NotificationAudiences.Player, kind, playerId, subject, contestId, amountMinor, currency, facts ?? s_nothing,
            tx.Now));

    /// <summary>What operators should know and need not act on; what they have to act on is an alert.</summary>
    /// <param name="words">What it is about: told once.</param>
    public static void NotifyOperators(
        this Tx tx, string words, string kind, string playerId, string subject, string? contestId, long amountMinor,
        string currency, IReadOnlyDictionary<string, string> facts) =>
        tx.Send(new NotificationV1(
            words, NotificationAudiences.Operator, kind, playerId, subject, contestId, amountMinor, currency, facts, tx.Now));

    /// <param name="words">What it is about: told once.</param>
    public static void NotifyReviewers(
        this Tx tx, string words, string kind, string playerId, string subject, string? contestId = null,
        long? amountMinor = null, string? currency = null, IReadOnlyDictionary<string, string>? facts = null) =>
        tx.Send(new NotificationV1(
            words, NotificationAudiences.Reviewer, kind, playerId, subject, contestId, amountMinor, currency, facts ?? s_nothing,
            tx.Now));
}
