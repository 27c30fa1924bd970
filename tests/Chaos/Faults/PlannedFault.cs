using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>One fault of the schedule.</summary>
/// <param name="After">Wait after the one before has begun.</param>
/// <param name="Lasts">How long it lasts, or how long what was killed stays dead.</param>
/// <param name="Amount">How bad it is, where that can be said in a number: milliseconds, kilobytes a second, per cent,
/// bytes.</param>
internal sealed record PlannedFault(int Number, FaultKind Kind, string Target, TimeSpan After, TimeSpan Lasts, int Amount)
{
    public override string ToString() =>
        $"{Kind.Name} {Target}{(Kind.Unit.Length == 0 ? "" : $" {Amount} {Kind.Unit}")}, {Lasts.TotalSeconds:0.0} s";
}

/// <summary>What can go wrong with what, how often, for how long and how badly.</summary>
/// <param name="Of">Whom it befalls.</param>
/// <param name="Weight">How often, against the others.</param>
/// <param name="LastsMs">From, up to.</param>
/// <param name="Amount">From, up to, of <paramref name="Unit"/>.</param>
internal sealed record FaultKind(
    string Name, FaultTarget Of, int Weight, (int Min, int Max) LastsMs, (int Min, int Max) Amount, string Unit = "")
{
    /// <summary>What toxiproxy or the simulator calls it; elsewhere a signal.</summary>
    internal string Means { get; init; } = "";
}

/// <summary>What a fault befalls.</summary>
internal enum FaultTarget
{
    Worker,
    Stripe,
    Broker,
    Database,
    Link,
    StripeRequests,
    Webhooks,
    Disk,
}

/// <summary>The schedule: drawn from a seed before anything runs.</summary>
internal static class FaultSchedule
{
    private const int PauseMsMin = 300;
    private const int PauseMsMax = 3_200;

    private static readonly (int, int) s_none = (0, 1);

    private static readonly FaultKind[] s_kinds =
    [
        new("kill -9", FaultTarget.Worker, 200, (0, 2_500), s_none) { Means = "KILL" },
        new("stop and start", FaultTarget.Worker, 30, (0, 1_000), s_none) { Means = "TERM" },
        new("pause (SIGSTOP)", FaultTarget.Worker, 70, (500, 6_000), s_none),
        new("pause longer than the session", FaultTarget.Worker, 20, (11_000, 14_000), s_none),
        new("kill -9", FaultTarget.Stripe, 20, (0, 3_000), s_none) { Means = "KILL" },
        new("kill -9", FaultTarget.Broker, 14, (0, 2_000), s_none) { Means = "KILL" },
        new("pause (SIGSTOP)", FaultTarget.Broker, 10, (1_000, 5_000), s_none),
        new("kill -9", FaultTarget.Database, 14, (0, 2_000), s_none) { Means = "KILL" },
        new("immediate shutdown", FaultTarget.Database, 10, (0, 1_000), s_none) { Means = "QUIT" },
        new("pause (SIGSTOP)", FaultTarget.Database, 10, (1_000, 5_000), s_none),
        new("cut", FaultTarget.Link, 70, (200, 6_000), s_none),
        new("silence", FaultTarget.Link, 40, (500, 8_000), s_none) { Means = "timeout" },
        new("reset", FaultTarget.Link, 50, (200, 3_000), s_none) { Means = "reset_peer" },
        new("latency", FaultTarget.Link, 50, (1_000, 8_000), (50, 900), "ms") { Means = "latency" },
        new("bandwidth", FaultTarget.Link, 30, (1_000, 8_000), (4, 60), "kB/s") { Means = "bandwidth" },
        new("cut after so many bytes", FaultTarget.Link, 40, (1_000, 5_000), (200, 20_000), "bytes") { Means = "limit_data" },
        new("timeout before", FaultTarget.StripeRequests, 20, (2_000, 8_000), (10, 60), "%") { Means = "timeout-before" },
        new("timeout after", FaultTarget.StripeRequests, 40, (2_000, 8_000), (10, 60), "%") { Means = "timeout-after" },
        new("500 after commit", FaultTarget.StripeRequests, 25, (2_000, 8_000), (10, 50), "%") { Means = "500-committed" },
        new("500 rolled back", FaultTarget.StripeRequests, 15, (2_000, 8_000), (10, 50), "%") { Means = "500-rolled-back" },
        new("409", FaultTarget.StripeRequests, 15, (2_000, 8_000), (10, 60), "%") { Means = "409" },
        new("429", FaultTarget.StripeRequests, 15, (2_000, 8_000), (10, 60), "%") { Means = "429" },
        new("lock timeout", FaultTarget.StripeRequests, 10, (2_000, 8_000), (10, 60), "%") { Means = "lock-timeout" },
        new("drop", FaultTarget.Webhooks, 15, (2_000, 8_000), (20, 100), "%") { Means = "drop" },
        new("duplicate", FaultTarget.Webhooks, 15, (2_000, 8_000), (20, 100), "%") { Means = "duplicate" },
        new("delay", FaultTarget.Webhooks, 10, (2_000, 8_000), (20, 100), "%") { Means = "delay" },
        new("reorder", FaultTarget.Webhooks, 10, (2_000, 8_000), (20, 100), "%") { Means = "reorder" },
        new("twin", FaultTarget.Webhooks, 10, (2_000, 8_000), (20, 100), "%") { Means = "twin" },
        new("full", FaultTarget.Disk, 16, (1_500, 5_000), s_none),
    ];

    /// <param name="links">Names of the links.</param>
    /// <param name="disks">Names of the disks that can be filled; none: none is.</param>
    internal static IReadOnlyList<PlannedFault> Draw(
        int count, SeededRandom random, IReadOnlyList<string> links, IReadOnlyList<string> disks)
    {
        var kinds = s_kinds.Where(k => k.Of != FaultTarget.Disk || disks.Count > 0).ToArray();
        var weights = kinds.Sum(k => k.Weight);
        var faults = new List<PlannedFault>(count);
        for (var number = 1; number <= count; number++)
        {
            var kind = Weighted(kinds, random.Next(weights));
            var target = kind.Of switch
            {
                FaultTarget.Worker => random.Pick(ChaosStage.WorkerNames),
                FaultTarget.Stripe => ChaosStage.StripeName,
                FaultTarget.Broker => ChaosStage.Broker,
                FaultTarget.Database => ChaosStage.DatabaseName,
                FaultTarget.Link => random.Pick(links),
                FaultTarget.StripeRequests => "stripe requests",
                FaultTarget.Webhooks => "stripe webhooks",
                _ => random.Pick(disks),
            };
            faults.Add(new PlannedFault(
                number, kind, target, TimeSpan.FromMilliseconds(random.Next(PauseMsMin, PauseMsMax)),
                TimeSpan.FromMilliseconds(random.Next(kind.LastsMs.Min, kind.LastsMs.Max)),
                random.Next(kind.Amount.Min, kind.Amount.Max)));
        }

        return faults;
    }

    private static FaultKind Weighted(FaultKind[] kinds, int point)
    {
        foreach (var kind in kinds)
        {
            point -= kind.Weight;
            if (point < 0) return kind;
        }

        return kinds[^1];
    }
}
