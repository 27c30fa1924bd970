using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>Everything that Scoring tells people.</summary>
public static class ScoringAlerts
{
    /// <summary>Of the alert about entries after the start; the contest's id follows.</summary>
    public const string LateEntriesKind = "late-entries";

    public static Alert Held(string key, string contestId, string reason) => new Alert(
        key, AlertSeverity.Critical, "contest-held", contestId, reason,
        "mend the feed (recovery message or correction); the contest goes on by itself, or cancel it");

    public static Alert RuleSetAwaited(CreateContestV1 create, DateTimeOffset until) => new Alert(
        RuleSetAwaitedKey(create.ContestId), AlertSeverity.Warning, "rule-set-awaited", create.ContestId,
        $"Contest {create.ContestId} names the rule set {create.Definition.RuleSet.Name} version "
            + $"{create.Definition.RuleSet.Version}, which is not published; it waits until {until:u} and is refused then.",
        "Publish the rule set (contestctl rules publish), or create the contest with another one.");

    /// <summary>Of the alert about a contest that waits for its rule set.</summary>
    public static string RuleSetAwaitedKey(string contestId) => $"rule-set-awaited/{contestId}";

    public static Alert RuleSetContradicted(PublishRulesV1 command) => new Alert(
        $"rule-set-contradicted/{command.RuleSet.Name}/{command.RuleSet.Version}", AlertSeverity.Warning, "rule-set-contradicted",
        $"{command.RuleSet.Name}/{command.RuleSet.Version}",
        $"Another rule set was to be published as {command.RuleSet.Name} version {command.RuleSet.Version}, by "
            + $"{command.IssuedBy}; it was rejected, the first one stands.",
        "Find out which of the two was meant; what is to change points is a further version.");

    public static Alert PaymentOfUnknown(EntryPaymentChangedV1 payment) => new Alert(
        $"payment-of-unknown/{payment.ContestId}/{payment.EntryId}", AlertSeverity.Critical, "payment-of-unknown",
        payment.EntryId, $"payment of an entry of contest {payment.ContestId}, which is not published here",
        "find out who asked for the payment; refund it by hand");

    public static Alert LateEntries(string contestId, string gameId, DateTimeOffset startedAt, LateEntries late) => new Alert(
        $"{LateEntriesKind}/{contestId}/{gameId}", AlertSeverity.Warning, LateEntriesKind, contestId,
        $"The feed tells that game {gameId} of contest {contestId} had begun at {startedAt:u}, before "
            + $"{late.Count} of its entries were accepted, {late.FirstId} at {late.FirstAt:u} the first of them. They play "
            + $"on.",
        "Decide before its payouts go whether the contest can stand, or cancel it (contestctl contest cancel). Name the "
            + "games' scheduled starts in definitions, and see why the feed was late.");

    public static Alert SwapsTakenBack(string contestId, IReadOnlyList<SwapRow> dropped, int entries) => new Alert(
        $"swaps-taken-back/{contestId}/{dropped[0].EntryId}/{dropped[0].Version}", AlertSeverity.Warning,
        "swaps-taken-back", contestId,
        $"{dropped.Count} swaps of {entries} entries of contest {contestId} were accepted after one of their games had begun, "
            + $"of which the feed told only later; they are taken back, the first is that of entry {dropped[0].EntryId}.",
        "Nothing for the contest; the players are told with entry-changed. Name the games' scheduled starts in definitions, "
            + "and see why the feed was late.");

    public static Alert LateSwapStands(ContestRow contest, IReadOnlyList<SwapRow> swaps) => new Alert(
        $"late-swap-stands/{contest.ContestId}", AlertSeverity.Critical, "late-swap-stands", contest.ContestId,
        $"The feed tells after the final ranking of contest {contest.ContestId} that games had begun before swaps of athletes "
            + $"who play in them, that of entry {swaps[0].EntryId} at {swaps[0].At:u} among them; the ranking counts these "
            + $"swaps.",
        "Decide whether the result can stand before its payouts go; hold them with a limit or a review.");

    public static Alert LateCorrection(string key, string contestId, string gameId, string what, string action) => new Alert(
        key, AlertSeverity.Warning, "late-correction", contestId,
        $"game {gameId} changed after the final ranking of contest {contestId}; {what}", action);

    public static Alert LineVersionReused(LineRow known) => new Alert(
        $"line-version-reused/{known.GameId}/{known.AthleteId}/{known.Version}", AlertSeverity.Critical,
        "line-version-reused", known.GameId,
        $"Version {known.Version} of the line of athlete {known.AthleteId} in game {known.GameId} came with other statistics "
            + $"than before; the first is kept. Ingestion's database went back and read its input again.",
        "No contest of the game is settled from it. Raise the versions of Ingestion's lines as "
            + "docs/runbooks/database-failover.md says; the game's contests go on by themselves then.");

    public static Alert SettledNotFinal(string contestId, int revision) => new Alert(
        $"settled-not-final/{contestId}/{revision}", AlertSeverity.Critical, "settled-not-final", contestId,
        $"revision {revision} of contest {contestId} was settled, but Scoring never published its final ranking",
        "find out who published the result; do not pay before");

    public static Alert PaidNotFinal(ContestPaidV1 paid) => new Alert(
        $"paid-not-final/{paid.ContestId}/{paid.Revision}", AlertSeverity.Critical, "paid-not-final", paid.ContestId,
        $"revision {paid.Revision} of contest {paid.ContestId} was paid, but Scoring never published its final ranking",
        "find out who published the result");
}
