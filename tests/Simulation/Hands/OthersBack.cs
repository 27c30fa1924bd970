using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds the database of Ingestion, Scoring or Settlement goes back to an earlier commit while everything else is
/// where it is: a back-up was restored, or a second server was promoted that lacked the last commits. Nobody but the worker
/// does anything, except what docs/runbooks/database-failover.md says of Ingestion.
/// </summary>
internal sealed class OthersBack
{
    private const int Percent = 25;
    private const int PromotedPercent = 50;
    private const int ByHandPercent = 50;
    private const int SavedPerThousand = 25;
    private const int LostPerThousand = 10;

    /// <summary>A standby lags by a few commits.</summary>
    private const int LostWhenPromotedPerThousand = 250;

    private static readonly string[] s_workers = [IngestionService.Name, SettlementService.Name, ScoringService.Name];

    private readonly SimWorld world;
    private readonly SeededRandom random;
    private readonly bool isPromoted;
    private DateTimeOffset? savedAt;

    private OthersBack(SimWorld world, SeededRandom random)
    {
        (this.world, this.random) = (world, random);
        Worker = random.Pick(s_workers);
        isPromoted = random.Chance(PromotedPercent);
    }

    /// <returns>Null: in most seeds none goes back.</returns>
    internal static OthersBack? Of(SimWorld world) =>
        world.ChanceOf("back2") is var random && random.Chance(Percent) && !world.IsWithout(Weather.OthersBack)
            && world is { Poison: null, Forger: null, Back: null, IsLong: false } ? new OthersBack(world, random) : null;

    /// <summary>Whose database it is.</summary>
    internal string Worker { get; }

    /// <summary>The last commits are lost.</summary>
    internal bool IsRestored { get; private set; }

    /// <summary>The consumer group is further than the database, which is noticed by that.</summary>
    internal bool IsTold { get; private set; }

    /// <summary>There is a copy from before the last commits, and nothing was lost yet.</summary>
    internal bool MayBeLost => savedAt is not null && !IsRestored;

    internal bool IsSaved() =>
        savedAt is null && world.Weather != Weather.Calm && random.Next(1_000) < SavedPerThousand;

    internal bool IsLost() => MayBeLost && world.Weather != Weather.Calm
        && random.Next(1_000) < (isPromoted ? LostWhenPromotedPerThousand : LostPerThousand);

    /// <summary>Not before the worker has claimed everything: what was lost before that no offset shows.</summary>
    internal async Task Save(SimLane lane, SimGroup group, CancellationToken ct)
    {
        if ((await Desk(lane).Run(HandledOffsets.Handled, ct)).Count < group.Partitions.Count) return;
        await SimBackUp.Save(lane.Admin, Worker, ct);
        savedAt = world.Clock.GetUtcNow();
        world.Note($"the database of {Worker} is copied");
    }

    /// <summary>Nobody is connected to it.</summary>
    internal async Task Restore(SimLane lane, SimGroup group, CancellationToken ct)
    {
        await SimBackUp.Restore(lane.Admin, Worker, ct);
        IsRestored = true;
        var lost = (await Desk(lane).Run(HandledOffsets.Handled, ct))
            .Sum(h => Math.Max(0, group.Committed((h.Topic, h.Partition)) - h.NextOffset));
        IsTold = lost > 0;
        world.Note($"the database of {Worker} goes back to {savedAt:u}, {lost} records ago");
        world.Faults.Hit(
            $"database of {Worker} {(isPromoted ? "promoted" : "restored")}{(IsTold ? " to before what its group read" : "")}");
        if (Worker != IngestionService.Name || IsTold && !random.Chance(ByHandPercent)) return;
        await lane.Admin.ExecuteAsync("select ingestion.raise_versions(@now)", new { now = world.Clock.GetUtcNow() });
        world.Note("an operator raises the versions of all lines");
    }

    /// <summary>
    /// What it had said and does not know any more it says again, under the same id and at another time; who has heard it before
    /// refuses that, and says so. Lines are never said twice, nor alerts once it is known that the database went back.
    /// </summary>
    internal bool IsToldBy(AlertRaisedV1 alert) =>
        IsRestored && alert.Kind == "message-id-reused"
            && (alert.Subject.StartsWith(Topics.Alerts, StringComparison.Ordinal) ? !IsTold : Worker != IngestionService.Name)
            && alert.Cause.Contains($"of contestpipeline/{Worker} came before", StringComparison.Ordinal);

    /// <summary>A person was told, and is told that it is over.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!IsTold) yield break;
        var key = $"database-went-back/{Worker}";
        if (!world.Broker.Messages<AlertRaisedV1>().Any(a => a.DedupKey == key))
            yield return $"the database of {Worker} went back and nobody was told";
        if (!world.Broker.Messages<AlertResolvedV1>().Any(r => r.DedupKey == key))
            yield return $"alert {key} is open although everything was handled again";
    }

    private WorkerDatabase Desk(SimLane lane) => lane.Slots.First(s => s.Worker == Worker).Desk;
}

/// <summary>Whose database has lost commits.</summary>
internal static class GoneBack
{
    internal static bool HasGoneBack(this SimWorld world, string worker) =>
        world.Back?.HasGoneBack(worker) == true || world.Others is { IsRestored: true } others && others.Worker == worker;
}
