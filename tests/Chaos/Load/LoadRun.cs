using System.Globalization;
using ContestPipeline.Bench;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>
/// More than live at once, while paid contests are entered, played and paid out all the time: ten times the rate of sixteen live
/// games, then those sixteen games replayed whole at once, then a backlog of new games. What it led to is judged as after a
/// storm.
/// </summary>
internal sealed class LoadRun(StateFolder folder, int backlog, TimeProvider clock)
{
    private const int SlatePlayers = 100;
    private const int TimesLive = 10;
    private const int ShownMax = 40;
    private static readonly TimeSpan s_live = TimeSpan.FromSeconds(60);

    private readonly long startedAt = clock.GetTimestamp();
    private readonly LineSum expected = new();

    internal async Task<int> Run(string kafkaHome, CancellationToken ct)
    {
        await using var stage = new ChaosStage { Folder = folder, Plan = new StagePlan(isDirect: true), Clock = clock };
        await stage.Start(null, kafkaHome, Say, ct);
        await ChaosRun.Prepare(stage, ct);
        await stage.Stripe.Limit(perEndpoint: 0, inAll: 0, ct);
        for (var n = 0; n < SlatePlayers; n++)
        {
            if (n is >= 1 and <= Wave.Players) continue;
            await stage.Stripe.SetTransfers(
                await PlayerAccounts.Create(stage.Stripe, stage.Database, stage.Clock, $"player-{n:000}", ct), active: true, ct);
        }

        var slates = await FeedSlates.Make(Path.Combine(StateFolder.Checkout(), "samples"), 1);
        var began = clock.GetUtcNow();
        var supply = new ContestSupply(stage, seed: 1);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var playing = supply.Run(enough.Token, ct);
        var memory = new MemoryWatch(stage);
        var watching = memory.Run(end.Token);
        var pusher = new FeedPusher(stage, Say);
        await await Task.WhenAny(Phases(stage, pusher, memory, slates[0], ct), playing, watching);
        await enough.CancelAsync();
        await playing;
        await ChaosRun.Rest(stage, ct);
        Say($"everything is at rest: {supply.Opened} contests beside the load; memory meanwhile {memory.Next()}");
        await end.CancelAsync();
        await watching.ContinueWith(_ => { }, TaskScheduler.Default);
        return await Judge(stage, supply, slates[0], began, ct);
    }

    private async Task Phases(ChaosStage stage, FeedPusher pusher, MemoryWatch memory, FeedSlate slate, CancellationToken ct)
    {
        await pusher.Open(slate, ct);
        var cut = (long)(s_live.TotalMilliseconds * TimesLive);
        var first = slate.Messages.First(m => m.Message is FeedPlayV1).AtMs;
        var live = slate.Messages.Where(m => m.AtMs >= first && m.AtMs < first + cut).ToArray();
        await pusher.AtOnce(slate.Messages.Where(m => m.AtMs < first), ct);
        memory.Next();
        var worst = await pusher.AtSpeed(live, TimesLive, ct);
        Say($"10x live: {live.Length} messages of {FeedSlates.CopiesPerSlate} games in {s_live.TotalSeconds:0} s of wall "
            + $"clock; at most {worst} unread at any look; memory {memory.Next()}");

        await pusher.AtOnce(slate.Messages.Where(m => m.AtMs >= first + cut), ct);
        foreach (var line in slate.Lines) expected.Add(line.Key, line.Value);
        var replayed = slate.Messages.Count;
        var (most, took) = await pusher.Flood(slate.Messages, ct);
        Say($"replay: {FeedSlates.CopiesPerSlate} whole games, {replayed} messages at once; at most {most} unread, none after "
            + $"{took.TotalSeconds:0.0} s; memory {memory.Next()}");

        var tenths = await pusher.Backlog(backlog, Slate, ct);
        Say($"backlog: {backlog} messages, per tenth "
            + $"{string.Join(", ", tenths.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t:N0}")))} a second; "
            + $"slowest {tenths.Min() / tenths.Max():P0} of the fastest; memory {memory.Next()}");
    }

    /// <summary>New games, with what must come of them noted down.</summary>
    private async Task<FeedSlate> Slate(int number)
    {
        var slate = (await FeedSlates.Make(Path.Combine(StateFolder.Checkout(), "samples"), number, 1))[0];
        foreach (var line in slate.Lines) expected.Add(line.Key, line.Value);
        return slate;
    }

    private async Task<int> Judge(
        ChaosStage stage, ContestSupply supply, FeedSlate slate, DateTimeOffset began, CancellationToken ct)
    {
        var stored = new LineSum();
        await foreach (var (key, stats) in stage.Database.BenchLines(ct)) stored.Add(key, stats);
        var evidence =
            (await Evidence.Gather(
                stage, supply.Waves, began, ct)) with { Others = new HashSet<string> { slate.Contest.ContestId } };
        var verdict = new Verdict(evidence);
        var wrong = verdict.Faults().ToList();
        if (stored.ToString() != expected.ToString()) wrong.Add($"the lines in Scoring are {stored}, of the feed {expected}");
        var settled = evidence.Results.OfType<ContestSettledV1>().FirstOrDefault(c => c.ContestId == slate.Contest.ContestId);
        var moved = evidence.Transfers.Where(t =>
            t.GetProperty("metadata").GetProperty("contest_id").GetString() == slate.Contest.ContestId)
            .Sum(t => t.GetProperty("amount").GetInt64());
        if (settled?.PrizesGrossMinor != slate.Contest.GuaranteedPoolMinor || settled?.PrizesNetMinor != moved)
            wrong.Add(
                $"{slate.Contest.ContestId} paid {moved}, settled {settled?.PrizesNetMinor} of "
                    + $"{slate.Contest.GuaranteedPoolMinor}");
        Say($"lines in Scoring: {stored}; of the feed: {expected}");
        Say($"{verdict.Paid} contests paid, {verdict.Cancelled} called off; {evidence.Transfers.Count} transfers; ledger "
            + $"{evidence.Ledger.Transfers} lines; reconciliation {evidence.Reconciliation.Matched} matched, "
            + $"{evidence.Reconciliation.Differences.Count} differences; parked {evidence.Parked}");
        wrong.AddRange(stage.Falls);
        foreach (var fault in wrong.Take(ShownMax)) Console.WriteLine($"FAILED: {fault}");
        Say($"what is wrong: {(wrong.Count == 0 ? "nothing" : wrong.Count)}");
        return wrong.Count == 0 ? Command.Held : Command.Failed;
    }

    private void Say(string line) =>
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(startedAt).TotalSeconds,7:0.0} s  {line}"));
}
