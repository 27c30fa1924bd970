using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// One contest's standings in the terms of its definition: athletes, line-ups as stored, lines under the contest's rule set.
/// </summary>
public sealed class ContestBoard
{
    private readonly Dictionary<string, int> athleteNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> athleteNumberOf;
    private readonly List<string> gameOf;
    private readonly int[] multipliers;
    private readonly int[] multiplierOfSlot;
    private readonly List<long> points;
    private readonly string? gameOfPlayers;
    private readonly int[] row;

    public ContestBoard(ContestRules rules)
    {
        Rules = rules;
        RuleSet = rules.RuleSet;
        var slots = rules.Definition.Roster.Slots;
        foreach (var athlete in rules.Definition.Athletes) athleteNumbers[athlete.AthleteId] = athleteNumbers.Count;
        athleteNumberOf = athleteNumbers.GetAlternateLookup<ReadOnlySpan<char>>();
        gameOf = [.. rules.Definition.Athletes.Select(a => a.GameId)];
        gameOfPlayers = ContestKinds.GameOfPlayers(rules.Definition);
        multipliers = [.. slots.Select(s => s.MultiplierHundredths).Distinct()];
        multiplierOfSlot = [.. slots.Select(s => Array.IndexOf(multipliers, s.MultiplierHundredths))];
        points = [.. new long[athleteNumbers.Count]];
        row = new int[slots.Count];
        Engine = new StandingsEngine(slots.Count, athleteNumbers.Count * multipliers.Length);
    }

    public ContestRules Rules { get; }

    public RuleSet RuleSet { get; }

    public StandingsEngine Engine { get; }

    /// <summary>Rises with every change, so that a publisher knows what he has not published.</summary>
    public long Revision { get; set; } = 1;

    /// <summary>When someone last asked for a place, UTC.</summary>
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>The last entry that was taken in; it may have been withdrawn since.</summary>
    public long LastAcceptanceNo { get; set; }

    /// <summary>The last swap or withdrawal that was taken in.</summary>
    public long LastChangeNo { get; set; }

    /// <summary>Those who have points now.</summary>
    public IEnumerable<string> ScoredPlayers => athleteNumbers.Where(a => points[a.Value] != 0).Select(a => a.Key);

    /// <param name="athleteIds">As stored: in slot order, joined by commas; empty for an empty line-up.</param>
    public void Put(long acceptanceNo, ReadOnlySpan<char> athleteIds)
    {
        Array.Fill(row, LineupTable.NoMember);
        if (athleteIds.Length > 0)
        {
            var slot = 0;
            foreach (var range in athleteIds.Split(','))
            {
                row[slot] = Number(athleteIds[range]) * multipliers.Length + multiplierOfSlot[slot];
                slot++;
            }

            row.AsSpan().Sort();
        }

        Engine.Put(acceptanceNo, row);
    }

    /// <summary>
    /// Scores a line; one of an athlete outside the pool, or of another game than his, counts for nothing. One without points in
    /// range leaves those before it: live standings are advice, and the contest is held before its final ranking.
    /// </summary>
    /// <returns>True when a score changed.</returns>
    public bool SetLine(string gameId, string athleteId, IReadOnlyDictionary<string, long> stats)
    {
        if (gameOfPlayers is not null) Number(athleteId);
        if (!athleteNumbers.TryGetValue(athleteId, out var athlete) || gameOf[athlete] != gameId) return false;
        if (PointsInRange.Of(RuleSet, stats, multipliers, Engine.MemberPointsMax) is not { } now || now == points[athlete])
            return false;
        points[athlete] = now;
        for (var m = 0; m < multipliers.Length; m++)
            Engine.SetPoints(athlete * multipliers.Length + m, ScoreLine.Multiplied(now, multipliers[m]));
        return true;
    }

    /// <summary>
    /// Where players score, whoever enters or scores is known from then on; otherwise the definition names everybody.
    /// </summary>
    private int Number(ReadOnlySpan<char> athleteId)
    {
        if (gameOfPlayers is null || athleteNumberOf.TryGetValue(athleteId, out _)) return athleteNumberOf[athleteId];
        athleteNumberOf[athleteId] = athleteNumbers.Count;
        gameOf.Add(gameOfPlayers);
        points.Add(0);
        Engine.GrowMembers(athleteNumbers.Count * multipliers.Length);
        return athleteNumbers.Count - 1;
    }
}
