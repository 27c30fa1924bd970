using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ContestPipeline.Simulation;

/// <summary>What a process reads at once, and what it looks at afterwards.</summary>
internal sealed partial class SimProcess
{
    private const int NarrowPercent = 20;
    private const int NarrowMax = 6;
    private const int WideMax = 24;
    private const int ReplayedMax = 400;
    private const int LookPercent = 8;
    private const int BusyLookPercent = 25;

    /// <summary>Writes down what it was given.</summary>
    private async Task Claim(CancellationToken ct)
    {
        isClaiming = unwritten.Count > 0;
        var written = await Plumbing.Worker.Attempt(() => parts.Ownership.ClaimNew(ct), ct);
        isClaiming = false;
        Settle("claim", written);
        if (written is not Outcome.Done || unwritten.Count == 0) return;
        unwritten.RemoveWhere(p => !parts.Ownership.IsUnclaimed(p.Topic, p.Partition));
        await CompareWithGroup(ct);
    }

    /// <summary>
    /// As the consumer loop does of what it has claimed: where the database went back, the group does so as well. None that did
    /// not may seem to.
    /// </summary>
    private async Task CompareWithGroup(CancellationToken ct)
    {
        var lost = await Lost(place => parts.Ownership.Owns(place.Topic, place.Partition) && !unwritten.Contains(place), ct);
        if (lost.Count == 0)
        {
            // From the desk, since nothing may go wrong here; who has lost a partition meanwhile hears of it with the next batch.
            if (parts.Ownership.Unsaid is { Count: > 0 } unsaid)
                await Plumbing.Worker.Attempt(
                    () => slot.Desk.Run(
                        tx => parts.Ownership.NoteFirst([.. unsaid.Select(p => (p, (long)group.Committed(p)))], tx), ct), ct);
            return;
        }

        if (!world.HasGoneBack(Worker))
        {
            world.Wrongs.Add($"{Name} would say that its database went back: {lost[0]}");
            return;
        }

        var told = await Plumbing.Worker.Attempt(() => Watch.Tell(lost, ct), ct);
        Settle("tells of its database", told);
        foreach (var one in told is Outcome.Done ? lost : []) group.SetBack((one.Topic, one.Partition), (int)one.From);
        world.Note($"{Name} reads {lost.Count} partitions again");
        Rejoin();
    }

    /// <summary>
    /// What is done before the loops of a worker start: it looks at all partitions. A process that cannot ends, and another one
    /// is started.
    /// </summary>
    internal Task LookAtStart() => Step("looks whether its database went back", async ct =>
    {
        var told = await Plumbing.Worker.Attempt(async () => await Watch.Tell(await Lost(_ => true, ct), ct), ct);
        if (told is not Outcome.Done) Die();
    });

    /// <summary>As the loop does that compares on a schedule; a Stripe that gives no lists is asked again later.</summary>
    internal Task CompareWithStripe() => Step("compares with Stripe", async ct =>
    {
        var outcome = await Plumbing.Worker.Attempt(
            () => Services.GetServices<IHostedService>().OfType<ReconcileLoop>().Single().RunOnce(ct), ct);
        if (outcome is not Outcome.Poison { Error: Stripe.StripeException or HttpRequestException })
            Settle("compares with Stripe", outcome);
    });

    /// <summary><c>contestctl stripe sweep</c>.</summary>
    internal Task SweepEverything() => Step("sweeps everything", async ct =>
        Settle("sweeps everything",
            await Plumbing.Worker.Attempt(() => Services.GetRequiredService<EventBackfill>().Everything(ct), ct)));

    private OffsetWatch Watch => Services.GetRequiredKeyedService<OffsetWatch>(Worker);

    private async Task<IReadOnlyList<LostRecords>> Lost(
        Func<(string Topic, int Partition), bool> isAsked, CancellationToken ct) =>
    [
        .. (await slot.Desk.Run(HandledOffsets.Handled, ct)).Where(h => isAsked((h.Topic, h.Partition)))
            .Select(h =>
                CompareOffsets.Lost(h, group.Committed((h.Topic, h.Partition)), world.Broker.Log(h.Topic, h.Partition).Count))
                .OfType<LostRecords>(),
    ];

    /// <summary>
    /// What the consumer loop does between two batches; where no message is poison there is never anything to be tried again.
    /// </summary>
    private IEnumerable<SimRound> ParkedRound()
    {
        if (world.Poison?.IsAt(Worker) != true) yield break;
        yield return Round(PoisonMessage.Round, async ct =>
        {
            await Claim(ct);
            try
            {
                return await parts.Processor.RetryParked(plans, 1 + world.Random.Next(NarrowMax), ct);
            }
            catch (FencedException)
            {
                world.Faults.Hit("retry of a parked key fenced");
                Rejoin();
                return false;
            }
        });
    }

    /// <summary>
    /// A claim counts from its commit on, also when this process does not hear of that, or only after another one has claimed the
    /// same.
    /// </summary>
    private void TellClaims()
    {
        foreach (var mine in parts.Ownership.Claiming) group.Claim(mine, this);
        isClaiming = false;
    }

    /// <summary>
    /// As a consumer gets them: each partition's in its order, the partitions one after the other from any of them on.
    /// </summary>
    private List<ConsumedRecord> Batch()
    {
        var unread = Unread;
        var isNarrow = world.Random.Chance(NarrowPercent);
        var countMax = 1 + world.Random.Next(isNarrow ? NarrowMax : world.IsReplaying ? ReplayedMax : WideMax);
        var first = world.Random.Next(Math.Max(1, unread.Count));
        var items = new List<ConsumedRecord>();
        foreach (var partition in unread.Skip(first).Concat(isNarrow ? [] : unread.Take(first)).Take(isNarrow ? 1 : unread.Count))
        {
            var from = positions[partition];
            var log = world.Broker.Log(partition.Topic, partition.Partition);
            for (var at = from; at < log.Count && items.Count < countMax; at++)
                items.Add(parts.Item(log[at] with { Offset = at }) with { Plan = plans[partition.Topic] });
            world.Note($"{Name} takes {partition.Topic}/{partition.Partition} from {from}");
            if (items.Count == countMax) break;
        }

        return items;
    }

    /// <summary>
    /// What was read may have made something to do. Payout has so many rounds that it is worth while to ask which of them would
    /// find it.
    /// </summary>
    private async Task LookAround()
    {
        var idle = Worker == PayoutWorker.Name && world.IdleRounds is { } ask ? await ask() : null;
        foreach (var round in Rounds)
            round.IsDue |= !round.IsRare
                && world.Random.Chance(
                    idle is null ? LookPercent : idle.Contains(round.Name) ? world.Pace.IdleLookPercent : BusyLookPercent);
    }

    /// <summary>After it was fenced: as if it had just joined.</summary>
    private void Rejoin()
    {
        parts.Ownership.Clear();
        unwritten.Clear();
        positions.Clear();
        foreach (var partition in group.Partitions.Where(p => group.Owners[p] == this)) Assign(partition);
    }

    /// <summary>What passes by is tried again by and by, as the loops do; what does not is the simulation's to tell.</summary>
    private void Settle(string what, Outcome outcome)
    {
        if (outcome is Outcome.Transient { Error: NpgsqlException and not PostgresException and var broken }
            && !SimWorld.IsCut(broken))
            throw new SimFailure($"{Name} {what}: the database itself is in trouble: {broken}");
        if (outcome is Outcome.Transient transient) world.Note($"{Name} {what}: {transient.Error.GetType().Name}");
        if (outcome is Outcome.Poison poison) throw new SimFailure($"{Name} {what} failed for good: {poison.Error}");
        if (outcome is not Outcome.Done) foreach (var round in Rounds) round.IsDue |= round.Name == what;
        if (outcome is Outcome.Transient) HasCommitted = true;
    }
}
