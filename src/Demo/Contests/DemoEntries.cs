using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// Who enters what: two thousand line-ups and the challenge's entries, by three hundred players, decided by the seed alone.
/// </summary>
public static class DemoEntries
{
    public const int Players = 300;

    /// <summary>
    /// Distinct line-ups of the top-three contest: so few that its winners are certain to tie and leave odd cents.
    /// </summary>
    public const int TopThreeLineups = 20;

    /// <summary>
    /// Every so many line-ups of the other contests one is an exact copy of an earlier one, as in real contests.
    /// </summary>
    private const int CopyPercent = 35;

    public static string PlayerId(int number) => $"player-{number:D3}";

    /// <summary>Players whose Stripe account may not receive transfers yet; they are paid once it may.</summary>
    public static bool IsAccountLate(int number) => number % 30 == 7;

    public static IReadOnlyList<SubmitEntryV1> Commands(IReadOnlyList<ContestDefinitionV1> definitions, ulong seed) =>
        [.. definitions.SelectMany((definition, i) => definition.Kind == ContestKinds.Activity
            ? ActivityChallenge.Commands() : Contest(definition, new SeededRandom(checked(seed ^ ((ulong)i + 1)))))];

    private static IEnumerable<SubmitEntryV1> Contest(ContestDefinitionV1 definition, SeededRandom random)
    {
        var lineups = new List<IReadOnlyList<string>>();
        var players = Enumerable.Range(1, Players).ToList();
        random.Shuffle(players);
        for (var n = 1; n <= definition.MaxEntries; n++)
        {
            var entryId = $"{definition.ContestId}-{n:D4}";
            yield return new SubmitEntryV1(
                CommandId: $"submit/{entryId}", definition.ContestId, entryId, PlayerId(players[n % Players]),
                Next(definition, lineups, random));
        }
    }

    private static IReadOnlyList<string> Next(
        ContestDefinitionV1 definition, List<IReadOnlyList<string>> lineups, SeededRandom random)
    {
        var fewDistinct = definition.Prizes.Type == PrizeTypes.TopThreeWeighted;
        var copy = fewDistinct ? lineups.Count >= TopThreeLineups : lineups.Count > 0 && random.Chance(CopyPercent);
        if (copy) return lineups[random.Next(lineups.Count)];

        var lineup = LineupGenerator.Draw(definition.Roster, definition.Athletes, random);
        lineups.Add(lineup);
        return lineup;
    }
}
