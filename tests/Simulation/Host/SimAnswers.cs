using System.Collections.Concurrent;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.Simulation;

/// <summary>A part of what may happen that is not played, whatever the seed draws.</summary>
/// <param name="Because">Why a seed could not come to its right end with it.</param>
internal sealed record NotPlayed(string Name, string Because, Func<string, TableAnswer, bool> Is);

/// <summary>Which answers of Stripe's table the weather draws from at each operation.</summary>
internal static class SimAnswers
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> s_of = new(StringComparer.Ordinal);

    /// <summary>Refusals that are no answer to what was asked, so that they are asked again.</summary>
    private static readonly string[] s_passing =
        ["400-livemode", "401", "401-expired", "403", "409-no-code", "424", "429-no-code", "500-api", "502", "502-after", "503",
            "504-after", "200-no-object", "200-empty-object"];

    internal static readonly IReadOnlyList<NotPlayed> Cuts =
    [
        new("held-for-good", "a payout or call that is held waits for two persons, whom the simulation does not have",
            (endpoint, answer) =>
            answer.Type == "idempotency_error" || answer.Shape == AnswerShape.Edited),
        new("empty-list", "that a whole list of Stripe's is empty is believed (docs/developers/assumptions.md)",
            (endpoint, answer) => answer.Shape == AnswerShape.EmptyPage),
        new("refund-refused", "what Stripe will not give back a person gives back another way", (endpoint, answer) =>
            endpoint == "refunds.create" && IsRefusal(answer) && answer.Code != "balance_insufficient"),
        new("reversal-refused",
            "what Stripe will not take back is booked as lost, as the alert says, and the checks know only of what was spent",
            (endpoint, answer) =>
            endpoint == "reversals.create" && IsRefusal(answer)),
    ];

    /// <summary>Parts of what others may do, and of what may befall facts.</summary>
    internal static readonly IReadOnlyList<(string Name, string Because)> Parts =
    [
        ("account-by-others", "the checks do not know yet that such an account is never paid; ForeignAccountTests play it"),
        ("payment-edited", "the checks know by its metadata which entry a payment is for"),
        ("account-closed", "nobody here tells how much of a prize went to which of a player's accounts"),
        ("result-forged",
            "the checks do not know yet that such a result is held; ForgedResultTests and TopicRightsTests play it"),
        ("malformed-fact", "one between workers parks its key until two persons discard it"),
        ("fact-lost",
            "the checks do not ask yet for the alert that tells of it, which WaitingTests play; lost and found again it is "
                + "played, as a message that is discarded and replayed"),
        ("game-state-repeated",
            "the state of a game that is said again late holds its contest until the feed tells the game whole"),
        ("database-back-topics",
            "topics are not cut back with a database: whoever restores both has every other worker ahead of them"),
    ];

    /// <returns>Names of answers; null when there is none.</returns>
    internal static IReadOnlyList<string>? Of(string endpoint) => s_of.GetOrAdd(endpoint, static name =>
        [.. AnswerTable.Of(name).Where(answer => !Cuts.Any(cut => cut.Is(name, answer))).Select(answer => answer.Name)])
            is { Count: > 0 } names ? names : null;

    /// <summary>Answers to the operation that refuse, and are no trouble that passes.</summary>
    internal static IReadOnlyList<string> Refusals(string endpoint) =>
        [.. AnswerTable.Of(endpoint).Where(answer => IsRefusal(answer) && answer.Shape != AnswerShape.Edited)
            .Select(answer => answer.Name)];

    /// <summary>At a balance.</summary>
    internal const string Look = "balance.get";

    /// <summary>Answers that show no balance and are no trouble that passes.</summary>
    internal static IReadOnlyList<string> RefusedLooks { get; } = Refusals(Look);

    private static bool IsRefusal(TableAnswer answer) => answer.Status != 200 && !s_passing.Contains(answer.Name);
}
