using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo.RealContest;

/// <summary>What came of playing the contest once.</summary>
/// <param name="Peaks">Most memory each process held, in MiB.</param>
public sealed record RealContestOutcome(RankingComparison Comparison, string Digest, TimeSpan Entering, TimeSpan Scoring,
    IReadOnlyList<(string Process, long Mib)> Peaks);

/// <summary>
/// Plays the contest once through Ingestion, Scoring and Settlement, each a process of its own: every entry a command, every play
/// a message.
/// </summary>
public sealed class RealContestRun(DemoEnvironment environment, RealContestData data, bool isEmbedded, TimeProvider clock)
{
    /// <summary>
    /// The embedded broker keeps 5 MB a partition: nobody may be further ahead of the slowest reader than this.
    /// </summary>
    private const int UnansweredMaxEmbedded = 4_000;
    private const int UnansweredMax = 60_000;
    private const int Chunk = 1_000;

    private static readonly string[] s_followed = [Topics.ContestEvents, Topics.Results, Topics.Lifecycle, Topics.Alerts];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly Await wait = new(clock, s_patience);
    private readonly RankingView ranking = new();
    private readonly DemoState state = new();
    private readonly Dictionary<string, ChildProcess> workers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConcurrentLines> logs = new(StringComparer.Ordinal);

    public async Task<RealContestOutcome> Run(FeedFaults faults, ulong seed, CancellationToken ct)
    {
        using var following = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var follower = new TopicFollower(environment.Kafka).Run(s_followed, Apply, following.Token);
        using var producer = new MessageProducer(environment.Kafka, "contestpipeline/real-contest", clock);
        try
        {
            foreach (var worker in new[] { Workers.Ingestion, Workers.Scoring, Workers.Settlement })
            {
                var log = logs[worker.Name] = new ConcurrentLines();
                workers[worker.Name] = await Application.Start(worker.Application, environment.Settings, log.Add);
            }

            return await Play(producer, faults, seed, ct);
        }
        finally
        {
            await following.CancelAsync();
            await follower.ContinueWith(_ => { }, TaskScheduler.Default);
            await Task.WhenAll(workers.Values.Select(w => w.DisposeAsync().AsTask()));
        }
    }

    private async Task<RealContestOutcome> Play(MessageProducer producer, FeedFaults faults, ulong seed, CancellationToken ct)
    {
        var startedAt = clock.GetTimestamp();
        await producer.Publish(new CreateContestV1(
            $"create/{RealContestData.ContestId}", RealContestData.ContestId, data.Definition, IssuedBy: "real-contest"));
        await wait.Until("the contest is published", () => Alive() && Contest() is not null, Explain, ct);
        await Enter(producer, ct);
        var entering = clock.GetElapsedTime(startedAt);

        var playedAt = clock.GetTimestamp();
        await new PlayFeed(producer, clock).Run(FeedDisorder.Apply(data.Feed, faults, seed), speed: 0, ct);
        await wait.Until("the ranking is final and settled", () => Alive() && Contest()?.Settled is not null, Explain, ct);
        var scoring = clock.GetElapsedTime(playedAt);

        var peaks = workers.Select(w => (w.Key, ProcessMemory.PeakKib(w.Value.Pid) / 1024))
            .Append(("director", ProcessMemory.PeakKib(Environment.ProcessId) / 1024));
        return new RealContestOutcome(
            CompareRanking.With(data.Entries, ranking.Chunks), Contest()!.Settled!.Digest, entering, scoring, [.. peaks]);
    }

    private async Task Enter(MessageProducer producer, CancellationToken ct)
    {
        var sent = 0;
        foreach (var chunk in data.Commands().Chunk(Chunk))
        {
            await Task.WhenAll(chunk.Select(c => producer.Publish(c)));
            sent += chunk.Length;
            await wait.Until($"entries are answered ({sent} sent)",
                () => Alive() && sent - Answered() <= (isEmbedded ? UnansweredMaxEmbedded : UnansweredMax) && IsFollowed(),
                Explain, ct);
        }

        await wait.Until("every entry is answered", () => Alive() && Answered() >= sent, Explain, ct);
    }

    /// <summary>On the embedded broker Settlement must not fall behind what the broker still has.</summary>
    private bool IsFollowed()
    {
        if (!isEmbedded) return true;
        using var admin = new TopicAdmin(environment.Kafka);
        return Task.Run(() => admin.Lag(Workers.Settlement.Name)).GetAwaiter().GetResult()
            .All(l => l.Lag <= UnansweredMaxEmbedded);
    }

    private int Answered() => Contest()?.Accepted + state.Snapshot().Refused.Count ?? 0;

    private ContestProgress? Contest() => state.Snapshot().Contests.FirstOrDefault(c => c.ContestId == RealContestData.ContestId);

    private void Apply(IMessage message)
    {
        if (message is RankingChunkV1 chunk) ranking.Add(chunk);
        else state.Apply(message);
    }

    private bool Alive()
    {
        foreach (var (name, process) in workers) Invariant.Holds(!process.HasExited, $"{name} ended by itself:\n{logs[name]}");
        return true;
    }

    private string Explain()
    {
        var told = state.Snapshot();
        return string.Join('\n',
            told.Contests.Select(c =>
                $"{c.ContestId}: {c.Lifecycle?.State}, {c.Accepted} accepted, hold: {c.Lifecycle?.Hold ?? "none"}")
            .Concat(told.Refused.Take(5).Select(r => $"refused {r.CommandId}: {r.ReasonCode} {r.Field} {r.Message}"))
            .Concat(told.Alerts.Take(10).Select(a => $"alert {a.Severity} {a.Kind} {a.Subject}: {a.Cause}"))
            .Concat(logs.Select(l => $"--- {l.Key}\n{l.Value}")));
    }
}

/// <summary>Collects ranking chunks while another thread asks for them.</summary>
public sealed class RankingView
{
    private readonly Lock gate = new();
    private readonly List<RankingChunkV1> chunks = [];

    public IReadOnlyList<RankingChunkV1> Chunks
    {
        get { lock (gate) return [.. chunks]; }
    }

    public void Add(RankingChunkV1 chunk)
    {
        lock (gate) chunks.Add(chunk);
    }
}
