using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds Payout's database is lost and put back to where it was at an earlier moment, while Stripe, the topics and the
/// other workers are where they are. What the consumer group tells stops the money; where it tells nothing the operator, who
/// knows what he has done, does. Then persons follow docs/runbooks/database-failover.md. In half of these seeds nobody corrects,
/// disputes or refunds by hand, and no account is made after the back-up: there what is lost is transfers.
/// </summary>
internal sealed class DatabaseBack
{
    private const int Percent = 12;
    private const int PlainPercent = 50;
    private const int SavedPerThousand = 3;

    /// <summary>There is a result: soon it is paid.</summary>
    private const int SavedWhenDuePerThousand = 25;

    /// <summary>There are wallets, into which something is paid, and out of which it is taken, all the time.</summary>
    private const int SavedWithWalletsPerThousand = 20;
    private const int LostPerThousand = 8;

    /// <summary>What is missing is something that was paid.</summary>
    private const int LostWhenPaidPerThousand = 40;

    /// <summary>
    /// What is missing is something that was paid in, or is to be paid out; before that little is worth losing.
    /// </summary>
    private const int LostWithWalletsPerThousand = 60;
    private const int LostTooEarlyPerThousand = 1;

    /// <summary>By then it must be over, whatever the weather.</summary>
    private const int VisitsMax = 300;
    private const int RoughVisitsMax = 40;
    private const string Operator = "olga";
    private const string Approver = "anna";
    private static readonly TimeSpan[] s_firstVisit = [TimeSpan.Zero, TimeSpan.FromMinutes(20), TimeSpan.FromHours(3),
        TimeSpan.FromHours(30)];
    private static readonly TimeSpan[] s_again = [TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(25), TimeSpan.FromHours(2)];

    private readonly SimWorld world;
    private readonly SeededRandom random;
    private readonly Dictionary<(string Topic, int Partition), int> readAgainUntil = [];
    private DateTimeOffset? savedAt;
    private int transfersSaved;
    private int accountsSaved;
    private int depositsSaved;
    private int withdrawalsSaved;
    private bool isRestored;
    private bool isTold;
    private int visits;

    private DatabaseBack(SimWorld world, SeededRandom random)
    {
        (this.world, this.random) = (world, random);
        IsPlain = random.Chance(PlainPercent);
    }

    /// <returns>Null: in most seeds no database goes back.</returns>
    internal static DatabaseBack? Of(SimWorld world) =>
        world.ChanceOf("back") is var random && random.Chance(Percent) && world.Poison is null && world.Forger is null
            && !world.IsLong && !world.IsRegretted ? new DatabaseBack(world, random) : null;

    /// <summary>Nothing but transfers is lost.</summary>
    internal bool IsPlain { get; }

    /// <summary>When somebody looks how it stands; null: nothing was restored yet, or all is over.</summary>
    internal DateTimeOffset? NextAt { get; private set; }

    /// <summary>Things go on going wrong while the books are recovered, unless that takes too long.</summary>
    internal bool IsRoughStill => NextAt is not null && visits < RoughVisitsMax;

    internal bool HasGoneBack(string worker) => isRestored && worker == PayoutWorker.Name;

    /// <summary>A back-up was made and is not lost yet.</summary>
    internal bool MayBeLost => savedAt is not null && !isRestored && (!IsPlain || Accounts == accountsSaved);

    private int Deposits => world.Wallets?.Intents.Count ?? 0;

    private int Accounts => new SimHands(world).Listed("/v1/accounts").Count;

    internal bool IsSaved() =>
        savedAt is null && world.Weather != Weather.Calm
            && random.Next(1_000) < (world.Wallets is not null ? SavedWithWalletsPerThousand
                : world.Broker.Messages<ContestAwardsV1>().Count > 0 ? SavedWhenDuePerThousand : SavedPerThousand);

    internal bool IsLost() => savedAt is not null && !isRestored && world.Weather != Weather.Calm
        && random.Next(1_000) < (
            Deposits > depositsSaved || Wallets.Withdrawals(world).Count > withdrawalsSaved ? LostWithWalletsPerThousand
            : world.Stripe.State.Transfers.Count() > transfersSaved ? LostWhenPaidPerThousand
            : world.Wallets is not null ? LostTooEarlyPerThousand : LostPerThousand) && MayBeLost;

    /// <summary>
    /// What Payout had said and does not know any more it says again, under the same id and at another time; who has heard it
    /// before refuses that, and says so. Changes of payouts and payments are counted on, once it is known what was told.
    /// </summary>
    internal bool IsToldBy(AlertRaisedV1 alert) =>
        isRestored && alert.Kind == "message-id-reused"
            && alert.Cause.Contains($"of contestpipeline/{PayoutWorker.Name} came before", StringComparison.Ordinal)
            && !(isTold && IsChange(alert));

    private bool IsChange(AlertRaisedV1 alert) =>
        new[] { Topics.PayoutEvents, Topics.PaymentEvents }.SelectMany(world.Broker.All).Any(r =>
            ToldChange.IsTold(r.Headers[CloudEvents.Type])
                && alert.Cause.Contains($"ce_id {r.Headers[CloudEvents.Id]} ", StringComparison.Ordinal));

    /// <summary>
    /// Not before the worker's first start is over and it has claimed everything: what was lost before that no offset shows.
    /// </summary>
    internal async Task Save(SimLane lane, SimGroup group, CancellationToken ct)
    {
        if ((await Desk(lane).Run(HandledOffsets.Handled, ct)).Count < group.Partitions.Count) return;
        await SimBackUp.Save(lane.Admin, PayoutWorker.Name, ct);
        (savedAt, transfersSaved, accountsSaved) = (world.Clock.GetUtcNow(), world.Stripe.State.Transfers.Count(), Accounts);
        (depositsSaved, withdrawalsSaved) = (Deposits, Wallets.Withdrawals(world).Count);
        world.Note("the database of payout is backed up");
    }

    /// <summary>Nobody is connected to it.</summary>
    internal async Task Restore(SimLane lane, SimGroup group, CancellationToken ct)
    {
        await SimBackUp.Restore(lane.Admin, PayoutWorker.Name, ct);
        isRestored = true;
        var lost = world.Stripe.State.Transfers.Count() - transfersSaved;
        world.Note($"the database of payout is restored to {savedAt:u}, {lost} transfers ago");
        world.Faults.Hit(lost > 0 ? "database of payout restored to before a transfer" : "database of payout restored");
        if (Deposits > depositsSaved) world.Faults.Hit("database of payout restored to before a deposit");
        if (Wallets.Withdrawals(world).Count > withdrawalsSaved)
            world.Faults.Hit("database of payout restored to before a withdrawal");
        foreach (var handled in await Desk(lane).Run(HandledOffsets.Handled, ct))
        {
            var place = (handled.Topic, handled.Partition);
            if (group.Committed(place) > handled.NextOffset) readAgainUntil[place] = group.Committed(place);
        }
    }

    /// <summary>The worker has been started again, and has handled nothing yet.</summary>
    internal async Task Begin(SimLane lane, CancellationToken ct)
    {
        isTold = await Desk(lane).Run(tx => tx.OpenRecovery(), ct) is not null;
        if (!isTold && readAgainUntil.Count > 0)
            world.Wrongs.Add(
                $"payout began with restored books, of which its group knows more at {readAgainUntil.Count} partitions");
        world.Faults.Hit(isTold ? "restored books told by the offsets" : "restored books stopped by an operator");
        if (!isTold)
            await Do(lane, "stop",
                tx => RecoveryRoutes.Stop(new StopReason("restored", savedAt < tx.Now ? savedAt.Value : tx.Now), Operator, tx),
                ct);
        NextAt = world.Clock.GetUtcNow() + random.Pick(s_firstVisit);
    }

    /// <summary>
    /// The operator lets money move once the input was read again; when a comparison finds no difference an approver ends it.
    /// </summary>
    internal async Task Visit(SimLane lane, SimGroup group, CancellationToken ct)
    {
        var open = await Desk(lane).Run(tx => tx.OpenRecovery(), ct);
        var process = random.Pick([.. lane.Slots.Where(s => s.Worker == PayoutWorker.Name)]).Process!;
        foreach (var slot in lane.Slots.Where(s => s.Worker == PayoutWorker.Name)) slot.Process!.CommitOffsets();
        string? whyNot;
        if (open is { State: RecoveryState.Stopped })
        {
            await process.SweepEverything();
            foreach (var win in world.Wallets?.Wins ?? []) await Desk(lane).Run(win.Credit, ct);
            whyNot = readAgainUntil.Any(p => group.Committed(p.Key) < p.Value)
                ? "the input is not read again yet"
                : await Do(lane, "start", tx => RecoveryRoutes.Start("read again", Operator, tx), ct);
            if (whyNot is null) world.Faults.Hit("recovery begun");
        }
        else if (open is not null)
        {
            await process.CompareWithStripe();
            whyNot = await Do(lane, "end", tx => RecoveryRoutes.End("compared", Approver, tx), ct);
            if (whyNot is null) world.Faults.Hit("recovery ended");
        }
        else
        {
            NextAt = null;
            return;
        }

        // Of thirty readings in a row one is refused nearly always in some weathers.
        if (++visits == RoughVisitsMax) world.Weather = Weather.Calm;
        if (visits > VisitsMax)
        {
            var found = await Desk(lane).Run(tx => tx.QueryOne<string?>(
                "select differences::text from payout.reconciliation order by run_no desc limit 1"), ct);
            throw new SimFailure($"the recovery does not come to its end: {whyNot}; {found}");
        }

        NextAt = world.Clock.GetUtcNow() + random.Pick(s_again);
    }

    /// <summary>A person was told, and is told that it is over.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!isTold) yield break;
        var raised = world.Broker.Messages<AlertRaisedV1>().Where(a => a.Kind == "database-went-back").ToArray();
        if (raised.Length != 1) yield return $"{raised.Length} alerts tell of books that went back once";
        var resolved = world.Broker.Messages<AlertResolvedV1>().Select(r => r.DedupKey).ToHashSet(StringComparer.Ordinal);
        foreach (var left in raised.Where(a => !resolved.Contains(a.DedupKey)))
            yield return $"alert {left.DedupKey} is open although the recovery was ended";
    }

    private async Task<string?> Do(SimLane lane, string what, Func<Tx, Task<string?>> act, CancellationToken ct)
    {
        var whyNot = await Desk(lane).Run(act, ct);
        world.Note($"recovery {what}: {whyNot ?? "done"}");
        return whyNot;
    }

    private static WorkerDatabase Desk(SimLane lane) => lane.Slots.First(s => s.Worker == PayoutWorker.Name).Desk;
}
