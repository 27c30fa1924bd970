using System.Globalization;
using System.Numerics;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Proofs.Prizes;
using ContestPipeline.Scoring;

namespace ContestPipeline.Simulation;

/// <summary>What one revision of a contest has to do for one entry, after the platform's fee.</summary>
internal sealed record Change(string ContestId, int Revision, string EntryId, string PlayerId, long MoreMinor, long LessMinor);

/// <summary>
/// Which corrections count in which revision of a result, and what each revision then has to pay and to take back, decided here
/// once more from the feed, the policy and the times: none of the product's code for late corrections has a say in it.
/// </summary>
internal sealed class SimRevisions
{
    private static readonly string s_gameState = WireTypes.Of(typeof(GameStateV1)).Name;
    private static readonly (string Name, string Topic) s_lifecycle = (WireTypes.Of(typeof(LifecycleV1)).Name,
        WireTypes.Of(typeof(LifecycleV1)).Topic);
    private readonly SimWorld world;
    private readonly Scenario scenario;
    private readonly Dictionary<(string Game, string Athlete, long Version), long> lines;
    private readonly List<string> faults = [];
    private readonly List<Change> changes = [];

    private SimRevisions(SimWorld world, Scenario scenario)
    {
        (this.world, this.scenario) = (world, scenario);
        lines = world.Broker.Messages<StatLineV1>()
            .ToDictionary(l => (l.GameId, l.AthleteId, l.Version), l => l.Stats.GetValueOrDefault(Scenario.Stat));
    }

    internal static (IReadOnlyList<Change> Changes, IReadOnlyList<string> Faults) Of(SimWorld world, Scenario scenario)
    {
        var all = new SimRevisions(world, scenario);
        var cancelled = world.Broker.Messages<ContestCancelledV1>().Select(c => c.ContestId).ToHashSet(StringComparer.Ordinal);
        var finals = Settling(world).OrderBy(f => f.Revision).ToLookup(f => f.ContestId);
        foreach (var definition in scenario.Definitions.Where(d => !cancelled.Contains(d.ContestId)))
            all.Follow(definition, [.. finals[definition.ContestId]]);
        return (all.changes, all.faults);
    }

    /// <returns>Every contest that has a result, and whose policy it is, has the one that follows from all corrections.</returns>
    internal static bool AllCounted(SimWorld world, Scenario scenario)
    {
        if (scenario.Corrections.Count == 0) return true;
        var all = new SimRevisions(world, scenario);
        var paid = world.Broker.Messages<ContestPaidV1>().Select(p => (p.ContestId, p.Revision)).ToHashSet();
        // A contest may be cancelled after its ranking was recalled.
        var cancelled = world.Broker.Messages<ContestCancelledV1>().Select(c => c.ContestId).ToHashSet(StringComparer.Ordinal);
        return Settling(world).Where(f => !cancelled.Contains(f.ContestId)).GroupBy(f => f.ContestId)
            .Select(g => g.MaxBy(f => f.Revision)!).All(last =>
            paid.Contains((last.ContestId, last.Revision))
            && (scenario.Definitions.Single(d => d.ContestId == last.ContestId).LateCorrectionPolicy
                == LateCorrectionPolicies.Freeze || IsSame(all.Named(last), scenario.Totals[^1])));
    }

    /// <summary>Of a revision that was recalled the last attempt; the others are never settled.</summary>
    private static IEnumerable<ContestFinalizedV1> Settling(SimWorld world) =>
        world.Broker.Messages<ContestFinalizedV1>().GroupBy(f => (f.ContestId, f.Revision))
            .Select(g => g.MaxBy(f => f.Attempt ?? 1)!);

    private void Follow(ContestDefinitionV1 definition, IReadOnlyList<ContestFinalizedV1> finals)
    {
        var counted = -1;
        foreach (var (no, final) in finals.Index())
        {
            if (final.Revision != no + 1) Wrong(definition, $"has revision {final.Revision} as number {no + 1}");
            counted = Counted(definition, final, counted);
            if (counted < 0) return;
        }

        // Disorder may hide that a game was under way before it was cancelled: then none of it was played.
        var mayWait = scenario.Course is { IsResumed: false } course
            && !(course.IsRuledOut
                && (scenario.Games.Count > 1
                    || world.Broker.Messages<GameStateV1>().Any(s => s.Status == GameStatus.InProgress)));
        if (finals.Count == 0 && !mayWait
            && world.Broker.Messages<EntryAcceptedV1>().Any(e => e.ContestId == definition.ContestId))
            Wrong(definition, $"has entries, was not called off and has no result");
        if (scenario.Course is { Status: GameStatus.Postponed } postponed && HeldAt(definition) is { } held
            && !(held >= postponed.ScoringEndsAt - world.Clock.Apart))
                Wrong(definition,
                    $"was held at {held:O} because its game is ruled out, and scoring ends at {postponed.ScoringEndsAt:O}");
        if (finals.Count == 0) return;
        var isFrozen = definition.LateCorrectionPolicy == LateCorrectionPolicies.Freeze;
        if (isFrozen && finals.Count > 1) Wrong(definition, $"is frozen and has {finals.Count} revisions");
        if (!isFrozen && !IsSame(scenario.Totals[^1], scenario.Totals[counted]))
            Wrong(definition,
                $"was not revised ({definition.LateCorrectionPolicy}): {counted} of {scenario.Corrections.Count} corrections count");
        if (scenario.Corrections.Count > 0) Tell(definition, finals.Count, counted);
        Award(definition, finals);
    }

    /// <summary>
    /// A ranking is made of the feed as it was after one of its corrections, not before its window is over, and with all that
    /// Scoring had read by then.
    /// </summary>
    /// <param name="before">How many corrections count in the revision before; -1: this is the first.</param>
    /// <returns>How many count in this one; -1 when that is not to be found out.</returns>
    private int Counted(ContestDefinitionV1 definition, ContestFinalizedV1 final, int before)
    {
        if (scenario.Course is { IsResumed: false } course) return RuledOut(definition, final, course);
        if (final.Games.Any(g => g.RuledOut)) Wrong(definition, $"revision {final.Revision} rules out what was played");
        var named = Named(final);
        var fitting = Enumerable.Range(0, scenario.Totals.Count).Where(n => n > before && IsSame(scenario.Totals[n], named))
            .ToArray();
        // A recalled revision stays one; a restored Scoring does not know what lines of before said, and takes a change for one.
        var maySaySame = final.Attempt > 1 || world.Others is { Worker: ScoringService.Name, IsRestored: true };
        if (fitting.Length == 0 || before >= 0 && !maySaySame && IsSame(scenario.Totals[before], named))
        {
            Wrong(definition,
                $"revision {final.Revision} is made of {string.Join(", ", named.OrderBy(t => t.Key, StringComparer.Ordinal))}, which is the feed after none of the corrections that follow {before}");
            return -1;
        }

        var newest = fitting[0] == 0 ? ClosedAt : CompleteAt(fitting[0]);
        if (before < 0 && newest < ClosedAt) newest = ClosedAt;
        var from = before < 0 ? ClosedAt : newest;
        if (final.At < from.AddSeconds(definition.CorrectionWindowSeconds) - world.Clock.Apart)
            Wrong(definition,
                $"revision {final.Revision} of {final.At:O} did not wait for the window of {definition.CorrectionWindowSeconds} s after {from:O}");
        if (final.At < newest - world.Clock.Apart)
            Wrong(definition, $"revision {final.Revision} of {final.At:O} knows of {newest:O}");
        var heard = Heard(final.At - world.Clock.Apart);
        if (fitting.Max() < heard)
            Wrong(definition,
                $"revision {final.Revision} of {final.At:O} counts {fitting.Max()} corrections, and Scoring had read {heard}");
        return fitting.Where(n => n >= heard).DefaultIfEmpty(fitting[0]).First();
    }

    /// <summary>The first game is ruled out, not before it is cancelled or the time for it is over; another counts.</summary>
    private int RuledOut(ContestDefinitionV1 definition, ContestFinalizedV1 final, GameCourse course)
    {
        if (!course.IsRuledOut || final.Revision > 1)
            Wrong(definition, $"revision {final.Revision} is the result of what was never played ({course.Words})");
        if (!final.Games.All(g => g.RuledOut == (g.GameId == Scenario.Stream)))
            Wrong(definition, $"revision {final.Revision} counts what was ruled out, or rules out what was played");
        var over = scenario.Arrivals.Where(a => a.Message is FeedStatusV1 status && status.Status == course.Status)
            .Min(a => world.ArrivedAt[a.Message.IdempotencyKey]);
        if (course.Status == GameStatus.Postponed && course.ScoringEndsAt > over) over = course.ScoringEndsAt.Value;
        if (scenario.Games.Count > 1 && ClosedAt > over) over = ClosedAt;
        if (final.At < over.AddSeconds(definition.CorrectionWindowSeconds) - world.Clock.Apart)
            Wrong(definition, $"revision 1 of {final.At:O} did not wait for the window after {over:O}");
        world.Faults.Hit("result of a game that was ruled out");
        return 0;
    }

    /// <returns>When a contest was first held because nothing of it is played; null: it never was.</returns>
    private DateTimeOffset? HeldAt(ContestDefinitionV1 definition) => world.Broker.All(s_lifecycle.Topic)
        .Where(r => r.Key == definition.ContestId && r.Headers[CloudEvents.Type] == s_lifecycle.Name
            && WireJson.Read<LifecycleV1>(r.Body.Span).Hold is { } hold && GameCourse.IsRuledOutHold(hold))
            .Select(r => (DateTimeOffset?)r.At).Min();

    private DateTimeOffset ClosedAt => scenario.Arrivals.Where(a => a.Message is FeedStatusV1 { Status: GameStatus.Closed })
        .GroupBy(a => a.Message.PartitionKey).Max(game => game.Min(a => world.ArrivedAt[a.Message.IdempotencyKey]));

    private DateTimeOffset CompleteAt(int correction)
    {
        var (play, box) = (world.ArrivedAt[scenario.Corrections[correction - 1].Play.Message.IdempotencyKey],
            world.ArrivedAt[scenario.Corrections[correction - 1].Box.Message.IdempotencyKey]);
        return play > box ? play : box;
    }

    /// <returns>How many corrections are in the newest state of the game that Scoring had read before then and that does not
    /// contradict its box.</returns>
    private int Heard(DateTimeOffset before)
    {
        var (heard, newest) = (0, 0L);
        foreach (var partition in Enumerable.Range(0, world.Broker.Partitions(Topics.StatLines)))
        {
            var log = world.Broker.Log(Topics.StatLines, partition);
            for (var offset = 0; offset < log.Count
                && world.ReadAt(ScoringService.Name, Topics.StatLines, partition, offset) is { } at && at < before; offset++)
            {
                if (log[offset].Headers[CloudEvents.Type] != s_gameState || world.Broker.IsForged(log[offset])) continue;
                var state = WireJson.Read<GameStateV1>(log[offset].Body.Span);
                if (state.GameId != Scenario.Stream || state.Version <= newest) continue;
                newest = state.Version;
                if (state is not { Status: GameStatus.Closed, BoxReceived: true, Incomplete: false, LineVersions: { } versions,
                    Differences.Count: 0 }) continue;
                var totals = Totals(state.GameId, versions);
                var since = Enumerable.Range(heard, scenario.Totals.Count - heard)
                    .Where(n => IsSame(scenario.FirstTotals[n], totals)).ToArray();
                if (since.Length > 0) heard = since[0];
            }
        }

        return heard;
    }

    private Dictionary<string, long> Named(ContestFinalizedV1 final) =>
        final.Games.Where(g => !g.RuledOut).SelectMany(g => Totals(g.GameId, g.LineVersions)).GroupBy(t => t.Key)
            .ToDictionary(g => g.Key, g => g.Sum(t => t.Value));

    private Dictionary<string, long> Totals(string gameId, IReadOnlyDictionary<string, long> versions) =>
        versions.ToDictionary(v => v.Key, v => lines[(gameId, v.Key, v.Value)]);

    /// <summary>Who scored nothing may be named or not.</summary>
    private static bool IsSame(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other) =>
        one.Keys.Union(other.Keys).All(player => one.GetValueOrDefault(player) == other.GetValueOrDefault(player));

    /// <summary>
    /// An entry holds what it was awarded so far. It gets what its prize has risen by, and loses what it has fallen by if that is
    /// the policy; the fee is one figure on all that its player holds, and changes entry by entry in order of their ids, those
    /// that rise first. A cent that an entry never got because of that is taken from nobody.
    /// </summary>
    private void Award(ContestDefinitionV1 definition, IReadOnlyList<ContestFinalizedV1> finals)
    {
        var withdrawn = world.Broker.Messages<EntryWithdrawnV1>().Select(w => (w.ContestId, w.EntryId)).ToHashSet();
        var entries = SimSwaps.Swapped(world,
            world.Broker.Messages<EntryAcceptedV1>()
                .Where(e => e.ContestId == definition.ContestId && !withdrawn.Contains((e.ContestId, e.EntryId))));
        var (held, got) = (entries.ToDictionary(e => e.EntryId, _ => BigInteger.Zero),
            entries.ToDictionary(e => e.EntryId, _ => 0L));
        foreach (var final in finals)
        {
            var prizes = scenario.Expected(definition, entries, Named(final)).Entries;
            foreach (var player in entries.GroupBy(e => e.PlayerId))
            {
                var ids = player.Select(e => e.EntryId).Order(StringComparer.Ordinal).ToArray();
                foreach (var id in ids.Where(id => prizes[id].GrossMinor > held[id])) Move(id, player);
                if (definition.LateCorrectionPolicy != LateCorrectionPolicies.Resettle) continue;
                foreach (var id in ids.Where(id => prizes[id].GrossMinor < held[id])) Move(id, player);
            }

            void Move(string entryId, IGrouping<string, EntryAcceptedV1> player)
            {
                var before = Sum(player);
                held[entryId] = prizes[entryId].GrossMinor;
                var net = Math.Max((long)(Net(definition, Sum(player)) - Net(definition, before)), -got[entryId]);
                got[entryId] += net;
                if (net != 0)
                    changes.Add(new Change(
                        definition.ContestId, final.Revision, entryId, player.Key, Math.Max(net, 0), Math.Max(-net, 0)));
            }
        }

        BigInteger Sum(IEnumerable<EntryAcceptedV1> of) => of.Aggregate(BigInteger.Zero, (sum, e) => sum + held[e.EntryId]);
    }

    private static BigInteger Net(ContestDefinitionV1 definition, BigInteger grossMinor) =>
        grossMinor - (new Fraction(grossMinor * definition.PlatformFeeBps, 10_000) + new Fraction(1, 2)).Floor();

    private void Tell(ContestDefinitionV1 definition, int revisions, int counted) => world.Faults.Hit(
        revisions > 1 ? $"late correction: {revisions} revisions, {definition.LateCorrectionPolicy}"
        : counted > 0 ? "late correction: counts in the first result"
        : $"late correction: no revision, {definition.LateCorrectionPolicy}");

    private void Wrong(ContestDefinitionV1 definition, FormattableString what) =>
        faults.Add($"{definition.ContestId} {what.ToString(CultureInfo.InvariantCulture)}");
}
