using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>What a person is told; said by the catalogue of a worker or a subject, raised by <see cref="Tx.Alert"/>.</summary>
/// <param name="DedupKey">The same key is the same trouble.</param>
/// <param name="Kind">What happened, as one stable lower-case word with dashes.</param>
/// <param name="Subject">What it is about: a contest, game, payout or message key.</param>
/// <param name="Cause">Why, for a person.</param>
/// <param name="RecommendedAction">What that person does.</param>
public sealed record Alert(
    string DedupKey, AlertSeverity Severity, string Kind, string Subject, string Cause, string RecommendedAction);
