namespace ContestPipeline.Contracts;

/// <summary>Whether a contest may be published as defined. What it refuses can never take an entry or money.</summary>
public static class ValidateDefinition
{
    public const int SlotsMax = 30;
    public const int AthletesMax = 3_000;
    public const int GamesMax = 64;
    public const int EntriesMax = 5_000_000;
    public const int TitleCharsMax = 200;
    public const int CorrectionWindowSecondsMax = 30 * 24 * 3600;

    /// <summary>Stripe collects no more than eight digits; how little, is <see cref="Currency.EntryFeeMinorMin"/>.</summary>
    public const long EntryFeeMinorMax = 99_999_999;

    private const int MultiplierHundredthsMax = 1_000;
    public const long SalaryMax = 1_000_000_000;

    /// <param name="environment">The environment this worker runs in.</param>
    /// <param name="overlayMaxMinor">The most that the house adds to one contest's pool, in minor units: a guaranteed pool may
    /// have to be paid without any fee.</param>
    /// <param name="published">What was published under the name and version of its rule set; null: nothing.</param>
    /// <returns>Null when the definition is valid.</returns>
    public static Refusal? Check(
        ContestDefinitionV1 d, string contestId, string environment, DateTimeOffset now,
        long overlayMaxMinor = PrizeRules.OverlayMaxMinorDefault, RuleSet? published = null) =>
        Identity(d, contestId, environment)
            ?? Numbers(d, now)
                ?? ValidateChallenge.Check(d) ?? Games(d) ?? Roster(d.Roster) ?? Pool(d)
                ?? Rules(d.RuleSet, published) ?? Prizes(d) ?? Overlay(d, overlayMaxMinor);

    private static Refusal? Identity(ContestDefinitionV1 d, string contestId, string environment)
    {
        if (d.ContestId != contestId)
            return Bad("definition.contestId", $"expected {contestId}, as in the command; got another id");
        if (d.Environment != environment)
            return new Refusal(Reasons.EnvironmentDiffers,
                $"this pipeline runs in {environment}; the definition is for another environment", "definition.environment");
        if (d.Title.Length is 0 or > TitleCharsMax || !IdRules.IsClean(d.Title))
            return Bad("definition.title", $"expected 1 to {TitleCharsMax} characters without control characters");
        if (!ContestKinds.All.Contains(d.Kind))
            return Bad("definition.kind", $"expected one of {string.Join(", ", ContestKinds.All)}");
        if (d.Currency.Length != 3 || !d.Currency.All(char.IsAsciiLetterLower))
            return Bad("definition.currency", "expected three lower-case letters (usd)");
        if (Currencies.Find(d.Currency) is null)
        {
            var known = string.Join(", ", Currencies.All.Select(c => c.Code).Order(StringComparer.Ordinal));
            return new Refusal(
                Reasons.CurrencyUnsupported, $"contests are held in {known}; got {d.Currency}", "definition.currency");
        }

        return LateCorrectionPolicies.All.Contains(d.LateCorrectionPolicy)
            ? null : Bad("definition.lateCorrectionPolicy", $"expected one of {string.Join(", ", LateCorrectionPolicies.All)}");
    }

    private static Refusal? Numbers(ContestDefinitionV1 d, DateTimeOffset now)
    {
        var feeMinorMin = Currencies.Find(d.Currency)!.EntryFeeMinorMin;
        if (d.EntryFeeMinor != 0 && (d.EntryFeeMinor < feeMinorMin || d.EntryFeeMinor > EntryFeeMinorMax))
            return Bad("definition.entryFeeMinor",
                $"expected 0 or {feeMinorMin} to {EntryFeeMinorMax} {d.Currency} minor units, what Stripe can collect; got "
                    + $"{d.EntryFeeMinor}");
        if (d.MaxEntries is < 1 or > EntriesMax)
            return Bad("definition.maxEntries", $"expected 1 to {EntriesMax}; got {d.MaxEntries}");
        if (d.MaxEntriesPerPlayer is < 1 or > EntriesMax)
            return Bad("definition.maxEntriesPerPlayer", $"expected 1 to {EntriesMax}; got {d.MaxEntriesPerPlayer}");
        if (d.MinEntries < 0 || d.MinEntries > d.MaxEntries)
            return Bad("definition.minEntries", $"expected 0 to maxEntries ({d.MaxEntries}); got {d.MinEntries}");
        if (d.CorrectionWindowSeconds is < 0 or > CorrectionWindowSecondsMax)
            return Bad("definition.correctionWindowSeconds",
                $"expected 0 to {CorrectionWindowSecondsMax}; got {d.CorrectionWindowSeconds}");
        if (d.ReconcileTolerance < 0)
            return Bad("definition.reconcileTolerance", $"expected 0 or more; got {d.ReconcileTolerance}");
        if (d.LockAt <= now) return Bad("definition.lockAt", $"expected a time after now ({now:O}); got {d.LockAt:O}");
        return d.ScoringEndsAt is { } end && end <= d.LockAt
            ? Bad("definition.scoringEndsAt", "expected a time after lockAt") : null;
    }

    private static Refusal? Games(ContestDefinitionV1 d)
    {
        if (d.Kind == ContestKinds.Verified) return null;
        if (d.GameIds.Count is 0 or > GamesMax)
            return Bad("definition.gameIds", $"expected 1 to {GamesMax} games; got {d.GameIds.Count}");
        for (var i = 0; i < d.GameIds.Count; i++)
        {
            if (!IdRules.IsFeedId(d.GameIds[i])) return Bad($"definition.gameIds[{i}]", IdRules.FeedIdExpected);
        }

        if (d.GameIds.Distinct(StringComparer.Ordinal).Count() != d.GameIds.Count)
            return Bad("definition.gameIds", "a game is named twice");
        foreach (var (gameId, startsAt) in d.GameStarts ?? new Dictionary<string, DateTimeOffset>())
        {
            if (!d.GameIds.Contains(gameId)) return Bad("definition.gameStarts", "expected only games of the contest");
            if (startsAt < d.LockAt)
                return Bad($"definition.gameStarts.{gameId}",
                    $"expected lockAt ({d.LockAt:O}) or later, because entries end when the first game starts; got {startsAt:O}");
        }

        return null;
    }

    private static Refusal? Roster(RosterV1 roster)
    {
        if (roster.Slots.Count is 0 or > SlotsMax)
            return Bad("definition.roster.slots", $"expected 1 to {SlotsMax} slots; got {roster.Slots.Count}");
        for (var i = 0; i < roster.Slots.Count; i++)
        {
            var field = $"definition.roster.slots[{i}]";
            if (roster.Slots[i] is not { } slot) return Bad(field, "a slot is null");
            if (!IdRules.IsClean(slot.Name)) return Bad(field + ".name", "expected text without control characters");
            if (slot.Positions.Count == 0 || slot.Positions.Any(p => !IdRules.IsId(p)))
                return Bad(field + ".positions", "expected at least one position");
            if (slot.MultiplierHundredths is < 1 or > MultiplierHundredthsMax)
                return Bad(
                    field + ".multiplierHundredths", $"expected 1 to {MultiplierHundredthsMax}; got {slot.MultiplierHundredths}");
        }

        if (roster.SalaryCap is < 0 or > SalaryMax)
            return Bad("definition.roster.salaryCap", $"expected 0 to {SalaryMax}; got {roster.SalaryCap}");
        if (roster.MinTeams < 0 || roster.MinTeams > roster.Slots.Count)
            return Bad("definition.roster.minTeams", $"expected 0 to {roster.Slots.Count}");
        if (roster.MinGames < 0 || roster.MinGames > roster.Slots.Count)
            return Bad("definition.roster.minGames", $"expected 0 to {roster.Slots.Count}");
        return roster.MaxPerTeam is < 1 ? Bad("definition.roster.maxPerTeam", "expected 1 or more, or nothing") : null;
    }

    private static Refusal? Pool(ContestDefinitionV1 d) => d.Kind switch
    {
        ContestKinds.Activity => Players(d) ?? Box(d),
        ContestKinds.Verified => Players(d),
        _ => Athletes(d),
    };

    /// <summary>Of an activity contest: one stream, whose box names everybody.</summary>
    private static Refusal? Box(ContestDefinitionV1 d) => d.MaxEntries > FeedBoxV1.LinesMax
        ? Bad("definition.maxEntries",
            $"expected at most {FeedBoxV1.LinesMax}: the box of the stream must name every player; got {d.MaxEntries}")
        : null;

    /// <summary>One slot for the player, one entry each.</summary>
    private static Refusal? Players(ContestDefinitionV1 d)
    {
        if (d.Kind == ContestKinds.Activity && d.GameIds.Count != 1)
            return Bad("definition.gameIds", $"expected one game, the stream of activities; got {d.GameIds.Count}");
        if (d.Athletes.Count != 0)
            return Bad("definition.athletes", $"expected none: the entries are the players; got {d.Athletes.Count}");
        if (d.Roster.Slots.Count != 1 || d.Roster.Slots[0].Positions is not [ContestKinds.PlayerPosition]
            || d.Roster.Slots[0].MultiplierHundredths != 100)
            return Bad("definition.roster.slots",
                $"expected one slot that takes the position {ContestKinds.PlayerPosition}, without a multiplier");
        if (d.Roster.SalaryCap is not null || d.Roster.MaxPerTeam is not null || d.Roster.MinTeams != 0 || d.Roster.MinGames != 0
            || d.Roster.AllowEmpty)
            return Bad("definition.roster", "expected no salary cap, no rules about teams and games, and no empty entries");
        if (d.LateSwap) return Bad("definition.lateSwap", "expected false: nobody can be swapped for a player");
        return d.MaxEntriesPerPlayer == 1
            ? null : Bad("definition.maxEntriesPerPlayer", $"expected 1; got {d.MaxEntriesPerPlayer}");
    }

    private static Refusal? Athletes(ContestDefinitionV1 d)
    {
        if (d.Athletes.Count is 0 or > AthletesMax)
            return Bad("definition.athletes", $"expected 1 to {AthletesMax} athletes; got {d.Athletes.Count}");
        var games = d.GameIds.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < d.Athletes.Count; i++)
        {
            var field = $"definition.athletes[{i}]";
            if (d.Athletes[i] is not { } athlete) return Bad(field, "an athlete is null");
            if (!IdRules.IsFeedId(athlete.AthleteId)) return Bad(field + ".athleteId", IdRules.FeedIdExpected);
            if (!seen.Add(athlete.AthleteId)) return Bad(field + ".athleteId", $"athlete {athlete.AthleteId} is named twice");
            if (!games.Contains(athlete.GameId)) return Bad(field + ".gameId", "expected one of the contest's games");
            if (!IdRules.IsId(athlete.TeamId)) return Bad(field + ".teamId", IdRules.IdExpected);
            if (!IdRules.IsClean(athlete.Name)) return Bad(field + ".name", "expected text without control characters");
            if (athlete.Positions.Count == 0 || athlete.Positions.Any(p => !IdRules.IsId(p)))
                return Bad(field + ".positions", "expected at least one position");
            if (athlete.Salary is < 0 or > SalaryMax)
                return Bad(field + ".salary", $"expected 0 to {SalaryMax}; got {athlete.Salary}");
        }

        return null;
    }

    private static Refusal? Rules(RuleSetRefV1 reference, RuleSet? published)
    {
        if ((RuleSets.Find(reference.Name, reference.Version) ?? published) is not { } rules)
            return new Refusal(
                Reasons.RuleSetUnknown, "no rule set of this name and version ships with the product or was published",
                "definition.ruleSet");
        return RuleSets.Of(reference, published) is not null ? null : new Refusal(
            Reasons.RuleSetUnknown, $"expected hash {RuleSets.Ref(rules).Hash} for {rules.Name} version {rules.Version}",
            "definition.ruleSet.hash");
    }

    private static Refusal? Prizes(ContestDefinitionV1 d)
    {
        if (d.Prizes.Ranges?.Any(r => r is null) == true) return Bad("definition.prizes.ranges", "a range is null");
        return PrizeRules.Validate(d) is { } problem ? new Refusal(Reasons.PrizesInvalid, problem, "definition.prizes") : null;
    }

    private static Refusal? Overlay(ContestDefinitionV1 d,
        long maxMinor) => d.GuaranteedPoolMinor is not { } poolMinor || poolMinor <= maxMinor ? null : new Refusal(
        Reasons.OverlayTooLarge,
        $"expected at most {maxMinor} {d.Currency} minor units, the most that the house adds to the pool of one contest "
            + $"({PrizeRules.OverlayMaxSetting}); got {poolMinor}",
        "definition.guaranteedPoolMinor");

    private static Refusal Bad(string field, string message) => new(Reasons.DefinitionInvalid, message, field);
}
