using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>Every reason for which <c>contest.create.v1</c> is refused, and the rule behind it, for people.</summary>
public static class CreateRefusals
{
    private static readonly string s_currencies =
        string.Join(", ", Currencies.All.Select(c => c.Code).Order(StringComparer.Ordinal));

    private static readonly string s_fees = string.Join(
        ", ", Currencies.All.OrderBy(c => c.Code, StringComparer.Ordinal).Select(c => $"{c.EntryFeeMinorMin} {c.Code}"));

    /// <summary>The reason as it is sent, and its rule; of several members each on a line of its own.</summary>
    public static IReadOnlyList<(string Reason, IReadOnlyList<string> Rules)> All { get; } =
    [
        (Reasons.CommandIdReused, ["one command id, one command: the same id came with another content"]),
        (Reasons.ContestExists, ["a contest that is published never changes: take another contestId"]),
        (Reasons.InvalidId, [$"contestId: {IdRules.NewIdExpected}"]),
        (Reasons.InvalidText, ["issuedBy (--by): no control characters"]),
        (Reasons.EnvironmentDiffers, ["environment: test or live, as that of the pipeline"]),
        (Reasons.CurrencyUnsupported, [$"currency: one of {s_currencies}"]),
        (Reasons.DefinitionInvalid, Definition()),
        (Reasons.RuleSetUnknown,
            ["ruleSet: name, version and hash of one that ships or was published, also after waiting for it; contestctl fills "
                + "in an empty hash"]),
        (Reasons.RuleSetOfAnotherSport, ["ruleSet: it knows stats that the feeds of the games have sent"]),
        (Reasons.PrizesInvalid, Prizes()),
        (Reasons.OverlayTooLarge,
            [$"guaranteedPoolMinor: at most what the house may add to a pool ({PrizeRules.OverlayMaxSetting}, "
                + $"{N(PrizeRules.OverlayMaxMinorDefault)} unless it is set)"]),
    ];

    private static string[] Definition() =>
    [
        $"title: 1 to {ValidateDefinition.TitleCharsMax} characters, no control characters",
        $"kind: one of {string.Join(", ", ContestKinds.All)}",
        $"lateCorrectionPolicy: one of {string.Join(", ", LateCorrectionPolicies.All)}",
        $"entryFeeMinor: 0, or what Stripe collects: from {s_fees} to {N(ValidateDefinition.EntryFeeMinorMax)} minor units",
        $"maxEntries, maxEntriesPerPlayer: 1 to {N(ValidateDefinition.EntriesMax)}; minEntries: 0 to maxEntries",
        $"correctionWindowSeconds: 0 to {N(ValidateDefinition.CorrectionWindowSecondsMax)}; reconcileTolerance: 0 or more",
        "lockAt: in the future; scoringEndsAt, where given: after it",
        $"gameIds: 1 to {ValidateDefinition.GamesMax}, each once, none of which has begun",
        "gameStarts: of games of the contest only, none before lockAt",
        $"roster: 1 to {ValidateDefinition.SlotsMax} slots, each with a position; multiplierHundredths 1 to 1,000; minTeams and "
            + "minGames no more than slots; maxPerTeam 1 or more",
        $"athletes: 1 to {N(ValidateDefinition.AthletesMax)}, each once, each in one of the games, with team and position",
        "salaryCap, salary: 0 to 1,000,000,000",
        $"kind activity: one game, no athletes, one slot of position {ContestKinds.PlayerPosition}, one entry each, no lateSwap, at "
            + $"most {N(FeedBoxV1.LinesMax)} entries",
        "kind verified: no games, a stake as entryFeeMinor, policy freeze, and verified: times in order, proofs, votes and files "
            + "within their limits",
    ];

    private static string[] Prizes() =>
    [
        $"prizes.type: one of {string.Join(", ", PrizeTypes.All)}, with the members it uses and no others",
        $"unclaimedTo: {PrizeRules.Redistribute} or {PrizeRules.House}; remainderTo: {PrizeRules.RankOrder} or {PrizeRules.House}",
        "ranges follow each other from place 1 without a gap",
        "shares add up to 10,000 basis points",
        "fixed prizes are no more than guaranteedPoolMinor, or what minEntries bring in after rake",
        $"rakeBps, platformFeeBps: 0 to 10,000; entries of a player: {N(PrizeRules.PlayerEntriesMax)} at most",
    ];

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
