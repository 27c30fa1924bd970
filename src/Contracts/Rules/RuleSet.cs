using System.Text.Json.Serialization;

namespace ContestPipeline.Contracts;

/// <summary>How stats become points: immutable, versioned data. All points are whole numbers in units of 10^-Scale.</summary>
/// <param name="Scale">Digits after the point, 0 to 4 (2: hundredths).</param>
/// <param name="Weights">Points per one of a stat; 0 for one that only bonuses and combinations look at.</param>
/// <param name="Derived">Stats computed from others as a weighted sum (points allowed by a defence), for bonuses and
/// steps.</param>
/// <param name="Bonuses">Points once a stat reaches a threshold.</param>
/// <param name="Steps">Points by the step a stat falls in, only for lines on which <see cref="StepTable.WhenStat"/> is above
/// 0.</param>
/// <param name="Ignores">Stats of the sport that are knowingly worth nothing; a stat that is neither used nor here holds the
/// contest. It changes no points, so it is no part of the hash, and may grow.</param>
/// <param name="Note">Why new contests should use another version; null: none is newer. No part of the hash.</param>
/// <param name="Combinations">Points for several stats together (double-double, quality start); null: none.</param>
/// <param name="FloorPoints">A line is worth this at least, 0 or less; null: nothing stops a loss.</param>
public sealed record RuleSet(
    string Name, int Version, string Sport, string Source, [Between(0, 4)] int Scale, IReadOnlyDictionary<string, long> Weights,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Derived, IReadOnlyList<Bonus> Bonuses,
    IReadOnlyList<StepTable> Steps, IReadOnlyList<string>? Ignores = null, string? Note = null,
    IReadOnlyList<Combination>? Combinations = null, long? FloorPoints = null);

/// <summary>Points added once when the stat is at least the threshold.</summary>
public sealed record Bonus(string Stat, long AtLeast, long Points);

/// <summary>
/// Points by range of a stat; the first step whose <see cref="Step.UpTo"/> is not below the stat applies, the last is open.
/// </summary>
public sealed record StepTable(string Stat, string WhenStat, IReadOnlyList<Step> Steps);

/// <summary>Applies to values up to and including <see cref="UpTo"/>; null: to all values.</summary>
public sealed record Step([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? UpTo, long Points);

/// <summary>Points added once when enough of the conditions hold: two of five stats of ten or more, or all of them.</summary>
/// <param name="Name">What people call it: <c>double-double</c>.</param>
/// <param name="Needed">How many of the conditions must hold.</param>
public sealed record Combination(string Name, IReadOnlyList<Condition> Conditions, [Between(1)] int Needed, long Points)
{
    /// <summary>Whether enough of the conditions hold on a line.</summary>
    public bool Holds(RuleSet rules, IReadOnlyDictionary<string, long> stats)
    {
        var held = 0;
        foreach (var condition in Conditions)
        {
            if (condition.Holds(ScoreLine.Value(rules, stats, condition.Stat))) held++;
        }

        return held >= Needed;
    }
}

/// <summary>A range of a stat, both ends included; null: that end is open.</summary>
public sealed record Condition(string Stat, long? AtLeast = null, long? AtMost = null)
{
    /// <summary>Whether a value of the stat is within the range.</summary>
    public bool Holds(long value) => !(value < AtLeast) && !(value > AtMost);
}
