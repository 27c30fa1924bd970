using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Risk;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>A flag of the limits and the figures it rests on.</summary>
public sealed record FindingShown(string Flag, string Words);

/// <summary>What the last look at the limits found, as it was kept.</summary>
public static class Findings
{
    private const string Minor = "-minor";

    /// <param name="json">Null: there was no look. What cannot be read shows nothing.</param>
    public static IReadOnlyList<FindingShown> In(string? json)
    {
        if (json is null) return [];
        try
        {
            return [.. (JsonSerializer.Deserialize<IReadOnlyList<RiskFinding>>(json, WireJson.Options) ?? []).Select(found =>
                new FindingShown(found.Flag,
                    $"{Amount(found.Actual, found.Unit)}, the limit is {Amount(found.Limit, found.Unit)}"))];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <param name="unit">Such as <c>usd-minor</c> or <c>days</c>.</param>
    private static string Amount(long figure, string unit) => unit.EndsWith(Minor, StringComparison.Ordinal)
        ? Written.Money(figure, unit[..^Minor.Length]) : $"{Written.Number(figure)} {unit}";
}
