using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Simulation;

/// <summary>
/// What must have come of swaps: each is answered once, changes its slot and nothing else, and ends for an athlete when his game
/// has started, by some process's clock.
/// </summary>
internal sealed class SimSwaps(SimWorld world, Scenario scenario)
{
    private static readonly string s_gameState = WireTypes.Of(typeof(GameStateV1)).Name;

    /// <summary>What a swap that fits may be refused for when no game has started; all else is wrong then.</summary>
    private static readonly string[] s_refusals =
    [
        Reasons.ContestUnknown, Reasons.ContestOver, Reasons.EntryUnknown, Reasons.EntryWithdrawn, Reasons.EntryUnpaid,
        Reasons.PaymentFailed, Reasons.ContestFull, Reasons.PlayerLimit, Reasons.ContestLocked,
    ];

    private readonly Dictionary<string, SwapAthleteV1> swaps = scenario.Arrivals.Select(a => a.Message).OfType<SwapAthleteV1>()
        .ToDictionary(s => s.CommandId, StringComparer.Ordinal);

    /// <returns>The entries as they are after all swaps that were taken.</returns>
    internal static IReadOnlyList<EntryAcceptedV1> Swapped(SimWorld world, IEnumerable<EntryAcceptedV1> entries)
    {
        var changes = world.Broker.Messages<EntryChangedV1>().ToLookup(c => (c.ContestId, c.EntryId));
        return [.. entries.Select(e => changes[(e.ContestId, e.EntryId)].MaxBy(c => c.Version) is { } last
            ? e with { AthleteIds = last.AthleteIds } : e)];
    }

    internal static IEnumerable<string> Faults(SimWorld world, Scenario scenario)
    {
        var all = new SimSwaps(world, scenario);
        return all.swaps.Count == 0 ? [] : all.Answers().Concat(all.Changes()).Concat(all.Standing());
    }

    private IEnumerable<string> Answers()
    {
        var refused = world.Broker.Messages<CommandRejectedV1>().ToLookup(r => r.CommandId);
        var changed = world.Broker.Messages<EntryChangedV1>().ToLookup(c => c.CommandId);
        foreach (var swap in swaps.Values)
        {
            var answers = refused[swap.CommandId].Count() + changed[swap.CommandId].Count();
            if (answers != 1) yield return Text($"{swap.CommandId} has {answers} answers");
            if (refused[swap.CommandId].FirstOrDefault() is not { } refusal) continue;
            world.Faults.Hit($"swap refused: {refusal.ReasonCode}");
            if (!MayBeRefused(swap, refusal))
                yield return Text($"{swap.CommandId} was refused at {refusal.At:u} as {refusal.ReasonCode}: {refusal.Message}");
        }
    }

    private bool MayBeRefused(SwapAthleteV1 swap, CommandRejectedV1 refusal) => refusal.ReasonCode switch
    {
        Reasons.AthleteStarted => MayHaveStarted(GameOf(swap), refusal.At) || MayHaveStarted(GameOfSlot(swap), refusal.At),
        Reasons.LateSwapOff =>
            !Contest(swap).LateSwap
                && (refusal.At >= Contest(swap).LockAt - 2 * world.Clock.Apart
                    || scenario.Games.Any(game => MayHaveStarted(game, refusal.At))),
        Reasons.Position or Reasons.AthleteTwice => GameOf(swap) != GameOfSlot(swap),
        var reason => s_refusals.Contains(reason),
    };

    /// <summary>From the accepted line-up on, one swap after the other.</summary>
    private IEnumerable<string> Changes()
    {
        var accepted = world.Broker.Messages<EntryAcceptedV1>().ToDictionary(e => (e.ContestId, e.EntryId), e => e.AthleteIds);
        foreach (var entry in world.Broker.Messages<EntryChangedV1>().GroupBy(c => (c.ContestId, c.EntryId)))
        {
            var lineup = accepted[entry.Key].ToArray();
            foreach (var (no, change) in entry.OrderBy(c => c.Version).Index())
            {
                if (change.Reason is not null)
                {
                    world.Faults.Hit("late swap taken back");
                    lineup = [.. change.AthleteIds];
                    continue;
                }

                var swap = swaps[change.CommandId];
                lineup[swap.SlotIndex] = swap.AthleteId;
                if (change.Version != no + 2)
                    yield return Text($"{change.EntryId} has version {change.Version} as number {no + 2}");
                if (!lineup.SequenceEqual(change.AthleteIds))
                    yield return Text(
                        $"{change.CommandId} made {string.Join(" ", change.AthleteIds)}, not {string.Join(" ", lineup)}");
                if (GameOf(swap) != GameOfSlot(swap))
                    yield return Text($"{change.CommandId} put {swap.AthleteId} where he does not fit");
                if (change.At >= Contest(swap).LockAt && !Contest(swap).LateSwap)
                    yield return Text($"{change.CommandId} was taken at {change.At:u}, after the lock");
                if (KnownToHaveStarted(GameOf(swap)) is { } started && started < change.At - world.Clock.Apart)
                    yield return Text(
                        $"{change.CommandId} was taken at {change.At:O}, and Scoring knew at {started:O} that the game was under way");
                world.Faults.Hit(change.At < Contest(swap).LockAt ? "swap before the lock" : "late swap");
            }
        }
    }

    /// <summary>
    /// Whoever plays for an entry in the end came before his game began, by what the feed told of its start until the final
    /// ranking.
    /// </summary>
    private IEnumerable<string> Standing()
    {
        var states = world.Broker.Messages<GameStateV1>().Where(s => s.StartedAt is not null).ToLookup(s => s.GameId);
        var finals = world.Broker.Messages<ContestFinalizedV1>().Where(f => f.Revision == 1).GroupBy(f => f.ContestId)
            .Select(g => g.MaxBy(f => f.Attempt ?? 1)!)
            .ToDictionary(f => f.ContestId, f => f.Games.ToDictionary(g => g.GameId, g => g.RuledOut));
        foreach (var entry in world.Broker.Messages<EntryChangedV1>().GroupBy(c => (c.ContestId, c.EntryId)))
        {
            var lineup = entry.MaxBy(c => c.Version)!.AthleteIds;
            foreach (var change in entry.Where(c => c.Reason is null && finals.ContainsKey(c.ContestId))
                .GroupBy(c => swaps[c.CommandId].SlotIndex).Select(slot => slot.MaxBy(c => c.Version)!))
            {
                var swap = swaps[change.CommandId];
                // An athlete may have been swapped for himself: taking that back leaves him there.
                if (entry.Any(c => c.Reason is not null && c.Version > change.Version) || lineup[swap.SlotIndex] != swap.AthleteId
                    || finals[change.ContestId][GameOf(swap)]) continue;
                if (states[GameOf(swap)].Min(s => s.StartedAt) + UndoLateSwaps.ClocksApart < change.At - world.Clock.Apart)
                    yield return Text($"{change.CommandId} of {change.At:O} stands, and its game had begun");
            }
        }
    }

    private ContestDefinitionV1 Contest(SwapAthleteV1 swap) => scenario.Definitions.Single(d => d.ContestId == swap.ContestId);

    private string GameOf(SwapAthleteV1 swap) => Contest(swap).Athletes.Single(a => a.AthleteId == swap.AthleteId).GameId;

    private string GameOfSlot(SwapAthleteV1 swap) => scenario.Games[swap.SlotIndex];

    /// <returns>It was there to be read; who wrote it and who judges by it may have two clocks.</returns>
    private bool MayHaveStarted(string game, DateTimeOffset at) =>
        world.Broker.All(Topics.StatLines).Any(r => r.At <= at + 2 * world.Clock.Apart && HasStarted(r, game));

    /// <returns>When Scoring had surely read it first; null: that is not known.</returns>
    private DateTimeOffset? KnownToHaveStarted(
        string game) => Enumerable.Range(0, world.Broker.Partitions(Topics.StatLines)).SelectMany(partition =>
        world.Broker.Log(Topics.StatLines, partition).Index()
            .Where(r => !world.Broker.IsForged(r.Item) && HasStarted(r.Item, game))
            .Select(r => world.ReadAt(ScoringService.Name, Topics.StatLines, partition, r.Index))).Min();

    private static bool HasStarted(
        HarnessRecord record, string game) => record.Key == game && record.Headers[CloudEvents.Type] == s_gameState
        && WireJson.Read<GameStateV1>(record.Body.Span) is { } state
        && (state.StartedAt is not null || GameStatus.HasBegun(state.Status));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
