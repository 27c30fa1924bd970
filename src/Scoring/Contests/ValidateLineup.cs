using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>Whether a line-up obeys the roster: slots, positions, salary cap, no athlete twice, teams and games.</summary>
public static class ValidateLineup
{
    /// <summary>What an entry scores by: the line-up that was submitted, or the player where players score.</summary>
    public static IReadOnlyList<string> Members(ContestRules rules, SubmitEntryV1 submit) =>
        ContestKinds.GameOfPlayers(rules.Definition) is null ? submit.AthleteIds : [submit.PlayerId];

    /// <summary>Whether an entry may be submitted as it is.</summary>
    /// <returns>Null when it may.</returns>
    public static Refusal? Check(ContestRules rules, SubmitEntryV1 submit)
    {
        if (ContestKinds.GameOfPlayers(rules.Definition) is null) return Check(rules, submit.AthleteIds);
        if (submit.AthleteIds.Count > 0)
            return new Refusal(Reasons.LineupSize,
                $"expected no athletes, the entry is the player; got {submit.AthleteIds.Count}", "athleteIds");
        return IdRules.IsFeedId(submit.PlayerId) ? null : new Refusal(Reasons.InvalidId, IdRules.FeedIdExpected, "playerId");
    }

    /// <param name="athleteIds">In slot order; empty where the contest allows it.</param>
    /// <returns>Null when the line-up is valid.</returns>
    public static Refusal? Check(ContestRules rules, IReadOnlyList<string> athleteIds)
    {
        var roster = rules.Definition.Roster;
        if (athleteIds.Count == 0)
            return roster.AllowEmpty
                ? null : new Refusal(Reasons.LineupEmpty, "this contest takes no entries without athletes", "athleteIds");
        if (athleteIds.Count != roster.Slots.Count)
            return new Refusal(Reasons.LineupSize,
                $"expected {roster.Slots.Count} athletes, one per slot; got {athleteIds.Count}", "athleteIds");

        var athletes = new PoolAthleteV1[athleteIds.Count];
        for (var slot = 0; slot < athletes.Length; slot++)
        {
            if (Fill(rules, athleteIds, athletes, slot) is { } refusal) return refusal;
        }

        return CheckSalary(roster, athletes) ?? CheckTeams(roster, athletes);
    }

    /// <summary>
    /// What an athlete costs in a slot, in hundredths of a salary unit, so that a captain's multiplier needs no rounding.
    /// </summary>
    public static long SalaryHundredths(PoolAthleteV1 athlete, RosterSlotV1 slot) => athlete.Salary * slot.MultiplierHundredths;

    private static Refusal? Fill(ContestRules rules, IReadOnlyList<string> athleteIds, PoolAthleteV1[] athletes, int slot)
    {
        var field = $"athleteIds[{slot}]";
        if (athleteIds[slot] is not { } athleteId || !rules.Athletes.TryGetValue(athleteId, out var athlete))
            return new Refusal(Reasons.AthleteUnknown, "this athlete is not in the contest's pool", field);
        for (var before = 0; before < slot; before++)
        {
            if (athletes[before].AthleteId == athleteId)
                return new Refusal(Reasons.AthleteTwice, $"athlete {athleteId} is already in slot {before}", field);
        }

        athletes[slot] = athlete;
        var wanted = rules.Definition.Roster.Slots[slot];
        return Fits(wanted, athlete) ? null : new Refusal(
            Reasons.Position,
            $"slot {wanted.Name} takes {string.Join(" or ", wanted.Positions)}; athlete {athleteId} plays "
                + $"{string.Join(", ", athlete.Positions)}", field);
    }

    private static bool Fits(RosterSlotV1 slot, PoolAthleteV1 athlete)
    {
        foreach (var position in athlete.Positions)
        {
            if (slot.Positions.Contains(position)) return true;
        }

        return false;
    }

    private static Refusal? CheckSalary(RosterV1 roster, PoolAthleteV1[] athletes)
    {
        if (roster.SalaryCap is not { } cap) return null;
        long spentHundredths = 0;
        for (var slot = 0; slot < athletes.Length; slot++)
            spentHundredths += SalaryHundredths(athletes[slot], roster.Slots[slot]);
        return spentHundredths <= cap * 100 ? null : new Refusal(
            Reasons.SalaryCap, $"the salaries add up to {spentHundredths / 100}.{spentHundredths % 100:00}; the cap is {cap}",
            "athleteIds");
    }

    private static Refusal? CheckTeams(RosterV1 roster, PoolAthleteV1[] athletes)
    {
        var teams = Distinct(athletes, a => a.TeamId, out var mostOfTeam);
        if (teams < roster.MinTeams)
            return new Refusal(
                Reasons.MinTeams, $"expected athletes of at least {roster.MinTeams} teams; got {teams}", "athleteIds");
        if (roster.MaxPerTeam is { } max && mostOfTeam > max)
            return new Refusal(
                Reasons.MaxPerTeam, $"expected at most {max} athletes of one team; got {mostOfTeam}", "athleteIds");
        var games = Distinct(athletes, a => a.GameId, out _);
        return games >= roster.MinGames
            ? null
            : new Refusal(Reasons.MinGames, $"expected athletes of at least {roster.MinGames} games; got {games}", "athleteIds");
    }

    /// <summary>Line-ups are short: comparing every pair is quicker than a set and leaves no garbage.</summary>
    private static int Distinct(PoolAthleteV1[] athletes, Func<PoolAthleteV1, string> of, out int most)
    {
        var distinct = 0;
        most = 0;
        for (var i = 0; i < athletes.Length; i++)
        {
            var same = 0;
            var first = true;
            for (var j = 0; j < athletes.Length; j++)
            {
                if (of(athletes[i]) != of(athletes[j])) continue;
                same++;
                if (j < i) first = false;
            }

            if (first) distinct++;
            if (same > most) most = same;
        }

        return distinct;
    }
}
