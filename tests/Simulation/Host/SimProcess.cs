using System.Collections.Frozen;
using ContestPipeline.Harness;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Simulation;

/// <summary>One worker process as long as it lives: the real handlers, jobs, relay and runners of its worker, without the loops
/// that drive them.</summary>
internal sealed partial class SimProcess
{
    private const string Maintenance = "maintenance";
    private const int BalancePercent = 10;
    private readonly SimWorld world;
    private readonly SimSlot slot;
    private SimGroup group = null!;
    private readonly IHost host;
    private readonly CancellationTokenSource life = new();
    private int claimsAtCommit;
    private bool isClaiming;
    private readonly WorkerParts parts;
    private readonly FrozenDictionary<string, TopicPlan> plans;
    private readonly HashSet<(string Topic, int Partition)> unwritten = [];
    private readonly SortedDictionary<(string Topic, int Partition), int> positions = [];

    internal SimProcess(SimWorld world, SimSlot slot, IHost host)
    {
        (this.world, this.slot, this.host) = (world, slot, host);
        var services = host.Services.GetServices<IHostedService>().ToArray();
        parts = new WorkerParts(services, slot.Database, slot.Lasting, world.Clock);
        plans = world.Poison?.LaidOver(this, parts.Plans) ?? parts.Plans;
        Rounds = [.. parts.Jobs.Where(job => world.IsLong || job.Name != Maintenance)
            .Select(job => Round(job.Name, ct => slot.Database.Run(async tx =>
            {
                if (job.Name == Maintenance)
                    await tx.Execute(SimReset.SetToday, new { today = $"{world.Clock.GetUtcNow():yyyy-MM-dd}" });
                return await job.Job.Run(tx);
            }, ct))), .. PayoutRounds(services), .. ParkedRound()];
    }

    internal string Worker => slot.Worker;

    internal string Name => $"{slot.Worker}-{slot.Number}";

    internal IReadOnlyList<SimRound> Rounds { get; }

    internal bool IsDead { get; private set; }

    /// <summary>Something was committed: what others claim from now on does not concern it.</summary>
    internal void HasCommittedNow()
    {
        if (isClaiming && !IsRelaying) TellClaims();
        claimsAtCommit = group.ClaimsMade;
    }

    /// <summary>The round that is under way; null: none was yet, or it reads or relays.</summary>
    internal string? Doing { get; private set; }

    /// <summary>The relay may have something to send: somebody committed, or rows were left.</summary>
    internal bool HasCommitted { get; set; }

    internal bool IsRelaying { get; private set; }

    /// <returns>It holds a slice of one of these, or may get one. A slice that nobody holds is found when nothing else is left to
    /// be done.</returns>
    internal bool Relays(IReadOnlyList<Outgoing> sent) =>
        IsUnbalanced || sent.Any(o => parts.Slices.SentPositions.ContainsKey(KeyHash.Slice(o.Message.PartitionKey)));

    /// <summary>Its share of the slices is not taken yet, or may have changed.</summary>
    internal bool IsUnbalanced { get; set; } = true;

    internal IServiceProvider Services => host.Services;

    /// <summary>Partitions with records that this process has not read.</summary>
    private IReadOnlyList<(string Topic, int Partition)> Unread =>
        [.. positions.Where(p => IsUnread(p.Key, p.Value) && !unwritten.Contains(p.Key)).Select(p => p.Key)];

    /// <summary>Or to claim what it was given: where the database went back, that is when it is noticed what is to be read
    /// again.</summary>
    internal bool HasUnread =>
        positions.Any(p => IsUnread(p.Key, p.Value)) || unwritten.Count > 0 && world.HasGoneBack(Worker);

    internal IReadOnlyList<string> Topics => parts.Plans.Keys;

    internal void Join(SimGroup joined) => group = joined;

    private bool IsUnread((string Topic, int Partition) partition, int position) =>
        position < world.Broker.Log(partition.Topic, partition.Partition).Count && !world.IsBehind(Worker, partition.Topic);

    internal void Die()
    {
        IsDead = true;
        life.Cancel();
    }

    internal void ThrowIfDead(string where)
    {
        if (IsDead) throw new ProcessDied(where);
    }

    internal void Assign((string Topic, int Partition) partition)
    {
        parts.Ownership.Assigned(partition.Topic, partition.Partition);
        unwritten.Add(partition);
        positions[partition] = group.Committed(partition);
    }

    internal void Revoke((string Topic, int Partition) partition)
    {
        parts.Ownership.Gone(partition.Topic, partition.Partition);
        unwritten.Remove(partition);
        positions.Remove(partition);
    }

    /// <summary>Reads and handles some records, of one partition or of all that have any, and tells the group how far it came;
    /// that may get lost, then they come again.</summary>
    internal Task Consume() => Step("reads", async ct =>
    {
        await Claim(ct);
        var items = Batch();
        if (items.Count == 0) return;
        var end = await parts.Processor.Process(items, ct);
        world.Note($"{Name} handled {end.Handled} of {items.Count}{(end.Fenced ? ", fenced" : "")}");
        if (IsDead) return;
        if (end.Fenced)
        {
            world.Faults.Hit($"fenced {Worker}");
            Rejoin();
            return;
        }

        var isTold = world.Random.Chance(80);
        foreach (var handled in items.Take(end.Handled).GroupBy(i => i.Place))
        {
            if (group.Claims.GetValueOrDefault(handled.Key) is var claim && claim.By != this && claim.No <= claimsAtCommit)
                world.Wrongs.Add(
                    $"{Name} handled records of {handled.Key.Topic}/{handled.Key.Partition}, which is {claim.By?.Name}'s");
            positions[handled.Key] = (int)handled.Last().Envelope.Offset + 1;
            if (world.Poison?.Concerns(Worker, handled.Key.Topic) != true)
                world.HasRead(Worker, handled.Key, positions[handled.Key]);
            if (isTold && group.Owners[handled.Key] == this) group.Commit(handled.Key, positions[handled.Key]);
        }

        if (end.Handled > 0) world.Quiet.Stir(Worker);
        await LookAround();
    });

    internal Task Relay() => Step("relays", async ct =>
    {
        (HasCommitted, IsRelaying) = (false, true);
        var target = new SimTarget(world, this);
        Settle("relay", await Plumbing.Worker.Attempt(
            async () =>
            {
                if (IsUnbalanced || world.Random.Chance(BalancePercent)) await parts.Slices.Balance(ct);
                IsUnbalanced = false;
                HasCommitted |= await parts.Relay.SendWindow(parts.Slices, target, ct) == true;
            }, ct));
        IsRelaying = false;
    });

    internal Task Do(SimRound round) => Step(round.Name, async ct =>
    {
        (round.IsDue, Doing) = (false, round.Name);
        if (await round.Run(ct))
        {
            round.IsDue = world.IsEager || world.IdleRounds is not { } ask || !(await ask()).Contains(round.Name);
            world.Quiet.Stir(Worker);
        }
        else if (!round.IsDue)
        {
            world.Quiet.FoundNothing(Worker, round.Name);
        }
    });

    /// <summary>What was read is told to the group at last.</summary>
    internal void CommitOffsets()
    {
        foreach (var (partition, position) in positions)
        {
            if (group.Owners[partition] == this) group.Commit(partition, position);
        }
    }

    internal void Dispose()
    {
        host.Dispose();
        life.Dispose();
    }

    private IEnumerable<SimRound> PayoutRounds(IReadOnlyList<IHostedService> services)
    {
        if (Worker != PayoutWorker.Name) yield break;
        var runner = services.OfType<PayoutRunner>().Single();
        yield return Round("runner", async ct => await runner.RunOnce(ct) > 0);
        yield return Round("calls", OneCall);
        foreach (var reread in Services.GetServices<IRereads>())
            yield return Round(reread.GetType().Name, async ct => await reread.ReadStale(ct) > 0);
        var sweep = Services.GetRequiredService<EventBackfill>();
        yield return Round("sweep", async ct =>
        {
            await sweep.Scheduled(ct);
            return false;
        });
    }

    /// <summary>The runner of calls has many under way at once; here it is one after the other, so that a seed repeats.</summary>
    private async Task<bool> OneCall(CancellationToken ct)
    {
        var dispatch = Services.GetRequiredService<CallDispatch>();
        var leaseUntil = slot.Clock.GetUtcNow().AddSeconds(Services.GetRequiredService<PayoutOptions>().LeaseSeconds);
        var calls = await slot.Database.Run(
            tx => tx.ClaimCalls(dispatch.Kinds, [.. dispatch.Kinds.Select(_ => 1)], leaseUntil), ct);
        foreach (var call in calls)
        {
            try
            {
                await dispatch.Advance(call, leaseUntil, ct);
            }
            catch (InvariantException broken)
            {
                await dispatch.Hold(call, broken.Message, ct);
            }
        }

        return calls.Count > 0;
    }

    private SimRound Round(string name, Func<CancellationToken, Task<bool>> run) => new(name, async ct =>
    {
        var more = false;
        Settle(name, await Plumbing.Worker.Attempt(async () => more = await run(ct), ct));
        return more;
    });

    private async Task Step(string what, Func<CancellationToken, Task> step)
    {
        world.Note($"{Name} {what}");
        var outer = Doing;
        Doing = null;
        try
        {
            await world.Act(this, () => step(life.Token));
        }
        catch (ProcessDied)
        {
            // The driver buries it.
        }
        finally
        {
            Doing = outer;
        }
    }
}
