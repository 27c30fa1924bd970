using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// Players who want another athlete in their line-ups: before the lock, while one game is under way and the other is not, or too
/// late; now and then one who does not fit the slot.
/// </summary>
internal static class LateSwaps
{
    private const int SwapsPercent = 70;
    private const int OddPercent = 10;

    /// <param name="athletes">Of each slot's game, as many as there are players.</param>
    /// <param name="owners">Who has each entry.</param>
    /// <param name="lastMinute">After the lock; until then the later of the games has begun.</param>
    internal static IEnumerable<Arrival> Of(SeededRandom chance, ContestDefinitionV1 contest,
        IReadOnlyList<IReadOnlyList<string>> athletes, IReadOnlyList<string> owners, int lastMinute)
    {
        for (var n = 1; n <= owners.Count; n++)
        {
            for (var no = 1; no <= 2 && chance.Chance(SwapsPercent); no++)
            {
                var slot = chance.Next(athletes.Count);
                var from = chance.Chance(OddPercent) ? 1 - slot : slot;
                var entry = Scenario.Entry(contest, n);
                yield return new Arrival(
                    contest.LockAt.AddMinutes(chance.Next(lastMinute + 30) - 30),
                    new SwapAthleteV1(
                        $"swap/{entry}/{no}", contest.ContestId, entry, owners[n - 1], slot, chance.Pick(athletes[from])));
            }
        }
    }
}
