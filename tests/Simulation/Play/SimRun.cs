using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>How a seed ended.</summary>
/// <param name="Faults">What was wrong at the end; empty when all was right.</param>
internal sealed record SimEnd(ulong Seed, long Events, string Trace, IReadOnlyList<string> Faults, FaultCount Hit);

/// <summary>Plays one seed: whatever may happen next is decided by chance, until everything that must happen has.</summary>
internal sealed partial class SimRun
{
    private const int StepsMax = 60_000;
    private const int IdleRoundsMax = 160;
    /// <summary>It stays rough until everybody is paid, unless that never comes about.</summary>
    private const int RoughRoundsMax = 40;
    private const int RarePercent = 4;
    /// <summary>All that is there is read before what follows from it is sent, so that much of it goes together.</summary>
    private const int ReadFirstPercent = 85;
    private const int OftenPercent = 12;
    private const int IdlePercent = 60;
    private const int RelayPercent = 20;
    private const int SameWorkPercent = 60;
    private const int SecondGamePercent = 20;

    internal static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly SimLane lane;
    private readonly SimWorld world;
    private readonly Scenario scenario;
    private readonly SimHands hands;
    private readonly SimDue due;
    private readonly Dictionary<string, SimGroup> groups = new(StringComparer.Ordinal);
    private readonly Queue<Arrival> arrivals;
    private readonly CancellationToken ct;
    private bool isUnsent;
    private int idleRounds;
    private int steps;

    private SimRun(SimLane lane, ulong seed, Cut cut, Action<string>? tell, CancellationToken ct, bool isLarge = false)
    {
        (this.lane, this.ct) = (lane, ct);
        world = new SimWorld(seed, Start, cut, tell, isLarge);
        scenario = new Scenario(world.Random, Start, world.Back?.IsPlain == true ? cut.But(Weather.Correction) : cut, isLarge,
            world.Regret, world.IsWithout(Weather.SecondGame) ? null : SecondGame(world));
        arrivals = new Queue<Arrival>(SimEarly.Postponed(scenario.Arrivals, world));
        hands = new SimHands(world);
        due = new SimDue(lane, world.Clock);
        world.AnotherStep = OtherStep;
        world.TimePassed = AllDue;
        world.IdleRounds = () => due.IdleRounds();
        world.Committed = due.Forget;
        world.HasToSend = (worker, sent) =>
        {
            isUnsent = true;
            foreach (var process in Processes.Where(p => p.Worker == worker)) process.HasCommitted |= process.Relays(sent);
        };
    }

    internal static async Task<SimEnd> Play(SimLane lane, ulong seed, Cut cut, Action<string>? tell, CancellationToken ct)
    {
        var run = new SimRun(lane, seed, cut, tell, ct);
        IReadOnlyList<string> faults = [];
        var outcome = await Worker.Attempt(
            async () =>
            {
                await run.Begin();
                await run.PlayOn();
                await run.ReplayEverything();
                faults = await SimChecks.Of(run.world, run.scenario, lane, ct);
            }, ct);
        if (outcome is Outcome.Poison { Error: SimFailure failure }) faults = [failure.Message, .. await SimChecks.Dump(lane)];
        else if (outcome is Outcome.Poison or Outcome.Transient) faults = [$"the seed broke off: {outcome}"];
        foreach (var slot in lane.Slots) slot.Process?.Dispose();
        ct.ThrowIfCancellationRequested();

        return new SimEnd(seed, run.world.Events, run.world.TraceDigest(), faults, run.world.Faults);
    }

    /// <summary>In most seeds contests are about one stream of activities.</summary>
    private static SeededRandom? SecondGame(SimWorld world) =>
        world.ChanceOf("game2") is var chance && (chance.Chance(SecondGamePercent) || world.Regret == Regret.Forfeited)
            ? chance : null;

    /// <summary>Every contest has come to its end, and what was corrected is in its result.</summary>
    private bool IsAllSettled =>
        scenario.Definitions.All(d => hands.IsFinished(d.ContestId, scenario)) && SimRevisions.AllCounted(world, scenario);

    private IEnumerable<SimProcess> Processes => lane.Slots.Select(s => s.Process!);

    private async Task Begin()
    {
        await lane.Reset(world, ct);
        var isPaidFor = scenario.Definitions.Any(d => d.EntryFeeMinor > 0) && world.Back is not { IsPlain: true };
        hands.SetUp(
            mayDispute: isPaidFor && !world.IsWithout(Weather.Dispute), mayRefund: isPaidFor && !world.IsWithout(Weather.Refund));
        foreach (var slot in lane.Slots) await Begin(slot);
        foreach (var worker in lane.Slots.GroupBy(s => s.Worker))
        {
            var processes = worker.Select(s => s.Process!).ToArray();
            groups[worker.Key] = new SimGroup(world.Broker, processes[0].Topics);
            foreach (var process in processes) process.Join(groups[worker.Key]);
            groups[worker.Key].Share(world, processes);
        }

        world.FallBehind([.. Processes]);
        if (world.Clock.Apart > TimeSpan.Zero) world.Faults.Hit($"clocks up to {world.Clock.Apart.TotalSeconds} s off");
    }

    /// <summary>No two processes start at the same instant: some name themselves after it.</summary>
    private Task<SimProcess> Begin(SimSlot slot)
    {
        world.Clock.Forward(TimeSpan.FromMicroseconds(1));
        return SimLane.Start(world, slot, ct);
    }

    private async Task PlayOn()
    {
        while (true)
        {
            if (++steps > StepsMax) throw new SimFailure($"no end after {StepsMax} steps");
            await BuryTheDead();
            await MayGoBack();
            if (await SomethingDone()) continue;
            if (await IsAnythingUnsent()) continue;
            if (await Moved() || await IsRetried()) continue;
            if (hands.IsOver && world.Weather == Weather.Calm && await IsOver()) return;
            if (++idleRounds > IdleRoundsMax)
                throw new SimFailure(
                    $"nothing moves any more, {await WhyNotOver() ?? $"weather {world.Weather}"}: "
                        + $"{hands.WhatIsMissing(scenario)}");
            if (arrivals.Count == 0 && hands.IsOver && (idleRounds > RoughRoundsMax || IsAllSettled)
                && await IsNothingLeftToGoBack()) world.Weather = Weather.Calm;
            await Jump();
        }
    }

    /// <summary>One of the things that can happen now, by chance.</summary>
    private async Task<bool> SomethingDone()
    {
        Disturb();
        var choice = Choices();
        if (choice.Now.Count == 0 && choice.IsGathering && MovesOnMeanwhile()) return true;
        var options = First(choice);
        if (options.Count == 0) return false;
        await world.Random.Pick(options)();
        return true;
    }

    private Choice Choices(SimProcess? but = null)
    {
        var choice = new Choice([], [], []);
        if (but is null && arrivals.TryPeek(out var next) && next.At <= world.Clock.GetUtcNow()) choice.Now.Add(Arrive);
        if (but is null && world.Stripe.State.NextDueAt is { } at && at <= world.Clock.GetUtcNow()) choice.Now.Add(hands.Deliver);
        if (but is null && world.Poison is { } poison && poison.NextAt <= world.Clock.GetUtcNow())
            choice.Now.Add(() => poison.Visit(lane, ct));
        if (but is null && world.Back is { } back && back.NextAt <= world.Clock.GetUtcNow())
            choice.Now.Add(() => LookAfter(back));
        if (but is null && hands.HasToAsk) choice.Now.Add(() => hands.Ask(lane, ct));
        // What comes from outside gathers for a while before somebody reads it, or every batch would be one record.
        if (choice.Now.Count > 0 && world.Random.Chance(world.Pace.GatherPercent)) return choice;
        foreach (var process in Processes.Where(p => !p.IsDead && p != but))
        {
            if (process.HasUnread) (world.Random.Chance(world.Pace.ReadPercent) ? choice.Now : choice.Reads).Add(process.Consume);
            if (process.HasCommitted)
                (world.Random.Chance(world.Pace.SendPercent) ? choice.Now : choice.Sends).Add(process.Relay);
            foreach (var round in process.Rounds.Where(r => r.IsDue)) choice.Now.Add(() => process.Do(round));
        }

        return choice;
    }

    /// <summary>
    /// Often it is the other process of the same worker, and often at the same work: they are the ones that can be in each
    /// other's way. Or a relay of the worker, also that of the process that waits: it runs beside all that its process does, and
    /// looks for what to send while others have not committed.
    /// </summary>
    private async Task OtherStep(int twinPercent)
    {
        var acting = world.Acting;
        if (world.Random.Chance(RelayPercent)
            && Processes.Where(p => p is { IsDead: false, IsRelaying: false } && p.Worker == acting?.Worker)
                .ToArray() is { Length: > 0 } relays)
        {
            await world.Random.Pick(relays).Relay();
            return;
        }

        var twin = world.Random.Chance(twinPercent)
            ? Processes.FirstOrDefault(p => !p.IsDead && p != acting && p.Worker == acting?.Worker && p.Rounds.Count > 0) : null;
        var same = world.Random.Chance(Math.Max(SameWorkPercent, twinPercent)) ? acting?.Doing : null;
        IReadOnlyList<Func<Task>> options = twin is null
            ? First(Choices(acting))
            : [.. twin.Rounds.Where(r => same is null ? !r.IsRare : r.Name == same).Select(r => (Func<Task>)(() => twin.Do(r)))];
        if (options.Count > 0) await world.Random.Pick(options)();
    }

    private List<Func<Task>> First(Choice choice)
    {
        if (choice.Now.Count > 0) return choice.Now;
        return !world.IsEager && choice.Reads.Count > 0 && world.Random.Chance(ReadFirstPercent)
            ? choice.Reads : [.. choice.Reads, .. choice.Sends];
    }

    private Task Arrive()
    {
        var arrival = arrivals.Dequeue();
        var record = HarnessRecord.Of(arrival.Message, DeterministicId.From(arrival.Message.IdempotencyKey).ToString(),
            "contestpipeline/simulation", arrival.At);
        var copies = world.Random.Chance(world.Weather.RepeatPercent) ? 2 : 1;
        world.Note($"arrives {arrival.Message.IdempotencyKey} x{copies}");
        world.ArrivedAt.TryAdd(arrival.Message.IdempotencyKey, world.Clock.GetUtcNow());
        if (arrival.What is { } what) world.Faults.Hit(what);
        for (var n = 0; n < copies; n++) world.Broker.Append(record);
        return Task.CompletedTask;
    }

    /// <summary>What no relay has sent makes all of its worker look again: slices may have gone from one to another.</summary>
    private async Task<bool> IsAnythingUnsent()
    {
        if (!isUnsent) return false;
        var unsent = await SimChecks.Unsent(lane);
        isUnsent = unsent.Count > 0;
        foreach (var process in Processes.Where(p => unsent.Contains(p.Worker)))
            process.HasCommitted = process.IsUnbalanced = true;
        return isUnsent;
    }

    private async Task BuryTheDead()
    {
        foreach (var slot in lane.Slots.Where(s => s.Process!.IsDead))
        {
            var group = groups[slot.Worker];
            var dead = slot.Process!;
            dead.Dispose();
            var born = await Begin(slot);
            foreach (var round in born.Rounds) round.IsDue = world.Random.Chance(round.IsRare ? RarePercent : OftenPercent);
            born.Join(group);
            born.HasCommitted = true;
            if (world.HasGoneBack(born.Worker)) await born.LookAtStart();
            foreach (var partition in group.Partitions.Where(p => group.Owners[p] == dead))
            {
                group.Owners[partition] = born;
                born.Assign(partition);
            }

            world.Note($"{born.Name} starts again");
        }
    }

    /// <summary>What can be done now, and what there is to be read or sent that is left to gather while there is something else
    /// to do.</summary>
    private readonly record struct Choice(List<Func<Task>> Now, List<Func<Task>> Reads, List<Func<Task>> Sends)
    {
        internal bool IsGathering => Reads.Count + Sends.Count > 0;
    }
}
