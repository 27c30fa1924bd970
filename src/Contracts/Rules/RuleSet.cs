using System.Text.Json.Serialization;

namespace ContestPipeline.Contracts;

/// <summary>How stats become points: immutable, versioned data. All points are whole numbers in units of 10^-Scale.</summary>
/// <param name="Scale">Digits after the point, 0 to 4 (2: hundredths).</param>
/// <param name="Weights">Points per one of a stat.</param>
/// <param name="Derived">Stats computed from others as a weighted sum (points allowed by a defence), for bonuses and
/// steps.</param>
/// <param name="Bonuses">Points once a stat reaches a threshold.</param>
/// <param name="Steps">Points by the step a stat falls in, only for lines on which <see cref="StepTable.WhenStat"/> is above
/// 0.</param>
/// <param name="Ignores">Stats of the sport that are knowingly worth nothing; a stat that is neither used nor here holds the
/// contest. It changes no points, so it is no part of the hash, and may grow.</param>
/// <param name="Note">Why new contests should use another version; null: none is newer. No part of the hash.</param>
public sealed record RuleSet(
    string Name, int Version, string Sport, string Source, int Scale, IReadOnlyDictionary<string, long> Weights,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Derived, IReadOnlyList<Bonus> Bonuses,
    IReadOnlyList<StepTable> Steps, IReadOnlyList<string>? Ignores = null, string? Note = null);

/// <summary>Points added once when the stat is at least the threshold.</summary>
public sealed record Bonus(string Stat, long AtLeast, long Points);

/// <summary>
/// Points by range of a stat; the first step whose <see cref="Step.UpTo"/> is not below the stat applies, the last is open.
/// </summary>
public sealed record StepTable(string Stat, string WhenStat, IReadOnlyList<Step> Steps);

/// <summary>Applies to values up to and including <see cref="UpTo"/>; null: to all values.</summary>
public sealed record Step([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? UpTo, long Points);
