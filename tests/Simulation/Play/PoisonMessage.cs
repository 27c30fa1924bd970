using System.Collections.Frozen;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Simulation;

/// <summary>
/// One message that one worker cannot handle until somebody has mended it. Its key is parked there meanwhile, and what comes
/// after it waits; an operator has it tried again every few hours, most often too early. Or he gives it up, what waited goes on
/// without it, and somebody finds later that it was needed: then all of its key from there on is replayed, and what cannot be
/// handled without it and is parked before it is given up as well, for it comes again.
/// </summary>
internal sealed class PoisonMessage
{
    internal const string Round = "parked";
    private const int Percent = 12;
    private const int PassedOverMax = 4;
    private const int DiscardedPercent = 40;

    private static readonly TimeSpan[] s_mendedAfter = [TimeSpan.FromMinutes(20), TimeSpan.FromHours(3), TimeSpan.FromHours(30)];
    private static readonly TimeSpan[] s_visits = [TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(5)];
    private static readonly TimeSpan[] s_missedAfter = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(6), TimeSpan.FromDays(3)];
    private readonly SimWorld world;
    private readonly SeededRandom random;
    private readonly string worker;
    private readonly bool isGivenUp;
    private string? topic;
    private int passedOver;
    private Envelope? message;
    private DateTimeOffset mendedAt;
    private bool isHandled;
    private bool isDiscarded;
    private int? replayedFrom;

    private PoisonMessage(SimWorld world, SeededRandom random)
    {
        (this.world, this.random) = (world, random);
        worker = random.Pick([.. DeclaredWorkers.All.Select(w => w.Name)]);
        passedOver = random.Next(PassedOverMax);
        isGivenUp = random.Chance(DiscardedPercent);
    }

    /// <summary>When the operator looks next; null: there is nothing to be looked after.</summary>
    internal DateTimeOffset? NextAt { get; private set; }

    /// <returns>Null: in most seeds every message can be handled.</returns>
    internal static PoisonMessage? Of(SimWorld world) =>
        world.ChanceOf("poison") is var random && random.Chance(Percent) ? new PoisonMessage(world, random) : null;

    internal bool IsAt(string name) => worker == name;

    /// <summary>What was read of it may not have been handled.</summary>
    internal bool Concerns(string name, string read) => worker == name && topic == read && message is not null;

    /// <summary>An alert tells of the parked message, and of no other.</summary>
    internal bool IsToldBy(AlertRaisedV1 alert) =>
        message is not null
            && alert.DedupKey.StartsWith($"parked/{worker}/{topic}/{message.Partition}/", StringComparison.Ordinal)
            && alert.Subject == $"{topic} key {message.Key}";

    /// <summary>The handlers of a process, with the fault in them if it is the worker's.</summary>
    internal FrozenDictionary<string, TopicPlan> LaidOver(SimProcess process, FrozenDictionary<string, TopicPlan> plans)
    {
        if (!IsAt(process.Worker)) return plans;
        topic ??= random.Pick([.. plans.Keys.Order(StringComparer.Ordinal)]);
        var spoilt = plans[topic];
        spoilt = spoilt with
        {
            ByType = spoilt.ByType.ToFrozenDictionary(t => t.Key, t => (Handling[])[Meet, .. t.Value]),
            Batches = spoilt.Batches.Length == 0 ? [] : [Meet, .. spoilt.Batches],
        };
        return plans.ToFrozenDictionary(p => p.Key, p => p.Key == topic ? spoilt : p.Value, StringComparer.Ordinal);

        Task Meet(IReadOnlyList<Received<IMessage>> messages, Tx tx)
        {
            foreach (var met in messages) this.Meet(met.Envelope, process, tx);
            return Task.CompletedTask;
        }
    }

    /// <summary>The operator gives the message up, misses it, or has all that is parked tried again.</summary>
    internal async Task Visit(SimLane lane, CancellationToken ct)
    {
        var desk = lane.Slots.First(s => s.Worker == worker).Desk;
        if (IsMissed) Replay();
        var keys = await Parked.List(desk, ct);
        foreach (var key in keys)
        {
            if (key.QueuedBehind > 0) world.Faults.Hit("messages wait behind a parked one");
            if (isGivenUp && key.Topic == topic && key.Key == message!.Key && await GivesUp(desk, key, ct)) continue;
            world.Note($"{key.Topic} {key.Key} is to be tried again at {worker}, {key.QueuedBehind} behind {key.HeadOffset}");
            world.Faults.Hit($"parked key retried at {worker}");
            await Parked.Retry(desk, key.Topic, key.Key, ct);
        }

        foreach (var round in lane.Slots.Where(s => s.Worker == worker).SelectMany(s => s.Process!.Rounds))
            round.IsDue |= round.Name == Round;
        // A key may be left of which the last message was handled by a process that died then: workers look for it every few
        // seconds, here they are sent to.
        var isDone = isHandled && keys.Count == 0 && !IsMissed && (await desk.Run(Parked.RetryRequests, ct)).Count == 0;
        NextAt = isDone ? null : world.Clock.GetUtcNow() + random.Pick(IsMissed ? s_missedAfter : s_visits);
    }

    /// <summary>Nobody knows yet that what was given up is needed.</summary>
    private bool IsMissed => isDiscarded && replayedFrom is null;

    /// <summary>The poison message; and, when it was missed, whatever of its key stands before what is replayed.</summary>
    /// <returns>False when neither stands at the head of the key.</returns>
    private async Task<bool> GivesUp(WorkerDatabase desk, ParkedKey key, CancellationToken ct)
    {
        var all = await Parked.Show(desk, key.Topic, key.Key, int.MaxValue, ct);
        var offsets = all.Select(r => r.Offset)
            .TakeWhile(offset => isDiscarded ? offset < replayedFrom : offset == message!.Offset).ToArray();
        foreach (var offset in offsets)
        {
            if (await Parked.Discard(desk, key.Topic, key.Key, offset, "simulation", "nobody seems to need it", ct)
                is not DiscardAnswer.Discarded discarded)
                throw new SimFailure($"{key.Topic} {key.Key} {offset} stands at the head of {worker} and could not be discarded");
            world.Note($"{key.Topic} {key.Key} {offset} is given up at {worker}, {discarded.Left} go on");
            world.Faults.Hit(isDiscarded ? "message discarded that comes again" : $"parked message discarded at {worker}");
        }

        if (offsets.Length == 0) return false;
        if (!isDiscarded) mendedAt = world.Clock.GetUtcNow();
        return isDiscarded = true;
    }

    private void Replay()
    {
        world.Note($"{topic} {message!.Key} is replayed from {message.Offset} on");
        world.Faults.Hit(
            isHandled ? "discarded message replayed that came twice anyhow" : $"discarded message replayed at {worker}");
        replayedFrom = world.Broker.Log(topic!, message.Partition).Count;
        world.Broker.Repeat(topic!, message.Partition, message.Key, (int)message.Offset);
    }

    private void Meet(Envelope met, SimProcess process, Tx tx)
    {
        if (isHandled || (message is null && !IsChosen(met))) return;
        if (met.MessageId == message!.MessageId && world.Clock.GetUtcNow() < mendedAt)
        {
            world.Note($"{process.Name} cannot handle {topic}/{met.Partition} {met.Offset}");
            world.Faults.Hit($"poison message at {worker}");
            throw new InvariantException("the simulation broke this handler");
        }

        isHandled = met.MessageId == message.MessageId;
        if (isHandled || isDiscarded || met.Partition != message.Partition || met.Key != message.Key
            || met.Offset < message.Offset) return;
        tx.AfterCommit(() =>
            world.Wrongs.Add(
                $"{process.Name} handled {topic}/{met.Partition} {met.Offset} of {met.Key} before {message.Offset}, which is "
                    + $"parked"));
    }

    /// <summary>While things go wrong still; what is poison later nobody would look after.</summary>
    private bool IsChosen(Envelope met)
    {
        if (world.Weather == Weather.Calm || passedOver-- > 0) return false;
        message = met;
        mendedAt = world.Clock.GetUtcNow() + random.Pick(s_mendedAfter);
        NextAt = world.Clock.GetUtcNow() + random.Pick(s_visits);
        return true;
    }
}
