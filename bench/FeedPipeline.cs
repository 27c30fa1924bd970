using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Npgsql;

namespace ContestPipeline.Bench;

/// <summary>
/// Seconds from the moment Ingestion was let go until Ingestion had folded all, Scoring had stored all, and the published
/// standings showed all.
/// </summary>
/// <param name="Processor">Seconds of processor time of each process meanwhile, the servers with their sessions.</param>
public sealed record FeedTimes(
    double FoldedSeconds, double StoredSeconds, double RankedSeconds, string Peaks,
    IReadOnlyDictionary<string, double> Processor);

/// <summary>Ingestion and Scoring as processes of their own, and somebody who watches what comes out.</summary>
public sealed class FeedPipeline : IAsyncDisposable
{
    private const int UnconfirmedMax = 5_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, ChildProcess> workers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<long>> tops = new(StringComparer.Ordinal);
    private readonly List<string> log = [];
    private readonly CancellationTokenSource following = new();
    private readonly MessageProducer producer;
    private readonly NpgsqlDataSource admin;
    private readonly IReadOnlyDictionary<string, int> servers;
    private readonly Task follower;

    private static string Dotnet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private FeedPipeline(KafkaSettings kafka, NpgsqlDataSource admin, IReadOnlyDictionary<string, int> servers)
    {
        this.admin = admin;
        this.servers = servers;
        producer = new MessageProducer(kafka, "contestpipeline/bench", TimeProvider.System);
        follower = new TopicFollower(kafka).Run([Topics.Standings], Watch, following.Token);
    }

    /// <param name="servers">Process ids of the servers whose processor time counts, by name.</param>
    public static async Task<FeedPipeline> Start(PrivatePostgres postgres, KafkaSettings kafka, NpgsqlDataSource admin,
        IReadOnlyDictionary<string, int> servers)
    {
        var pipeline = new FeedPipeline(kafka, admin, servers);
        foreach (var (name, assembly) in new[] { (IngestionService.Name, typeof(IngestionService).Assembly),
            (ScoringService.Name, typeof(ScoringService).Assembly) })
        {
            var settings = new Dictionary<string, string?>
            {
                ["PIPELINE_ENVIRONMENT"] = "test", ["KAFKA_BOOTSTRAP_SERVERS"] = kafka.BootstrapServers,
                ["TOPIC_PREFIX"] = kafka.TopicPrefix,
                [Settings.DatabaseSetting(name)] = postgres.ConnectionString("postgres", name),
            };
            pipeline.workers[name] = await ChildProcess.Start(Dotnet, [assembly.Location], settings, pipeline.Remember);
        }

        return pipeline;
    }

    /// <summary>
    /// Plays the first slates to warm up. Then Ingestion is stopped while the others are published, so that it finds a full topic
    /// as the baselines do, and the time runs from the moment it may go on.
    /// </summary>
    /// <param name="before">Runs between the two, while both workers have nothing to do.</param>
    public async Task<FeedTimes> Measure(IReadOnlyList<FeedSlate> slates, int warmUp, Func<Task>? before = null)
    {
        foreach (var slate in slates)
            await producer.Publish(
                new CreateContestV1($"create/{slate.Contest.ContestId}", slate.Contest.ContestId, slate.Contest, "bench"));
        await Until(
            async () => await Count("select count(*) from scoring.contest") == slates.Count, "every contest is published");
        foreach (var slate in slates) await Task.WhenAll(slate.Entries.Select(e => producer.Publish(e)));

        var entries = slates.Sum(s => s.Entries.Count);
        await Until(async () => await Count("select coalesce(sum(entry_count), 0) from scoring.contest") == entries,
            "every entry is accepted");
        await Publish(slates.Take(warmUp).SelectMany(slate => slate.Messages));
        await Until(() => Task.FromResult(IsRanked(slates.Take(warmUp))), "the slates to warm up with are in the standings");

        if (before is not null) await before();
        workers[IngestionService.Name].Signal("STOP");
        await Publish(slates.Skip(warmUp).SelectMany(slate => slate.Messages));
        var games = slates.Sum(s => s.Contest.GameIds.Count);
        var spent = Processor();
        var watch = Stopwatch.StartNew();
        workers[IngestionService.Name].Signal("CONT");
        double folded = 0, stored = 0;
        await Until(async () =>
        {
            if (folded == 0 && await Count("select count(*) from ingestion.game where status = 'closed'") == games)
                folded = watch.Elapsed.TotalSeconds;
            if (folded > 0 && stored == 0
                && await Count("select count(*) from scoring.game where confirmed_at is not null") == games)
                    stored = watch.Elapsed.TotalSeconds;
            return stored > 0 && IsRanked(slates);
        }, "every slate is stored and in the standings");
        var ranked = watch.Elapsed.TotalSeconds;
        return new FeedTimes(
            folded, stored, ranked, string.Join(", ", workers.Select(w => $"{w.Key} {PeakMib(w.Value.Pid)} MB")),
            Processor().ToDictionary(p => p.Key, p => p.Value - spent[p.Key], StringComparer.Ordinal));
    }

    private Dictionary<string, double> Processor() => workers.Select(w => (w.Key, w.Value.Pid))
        .Concat(servers.Select(s => (s.Key, Pid: s.Value)))
        .ToDictionary(p => p.Key, p => ProcessorTime.Of(p.Pid), StringComparer.Ordinal);

    /// <summary>Of the lines in Scoring's table.</summary>
    public static async Task<string> StoredDigest(NpgsqlDataSource admin)
    {
        var lines = new List<KeyValuePair<string, IReadOnlyDictionary<string, long>>>();
        await using var command = admin.CreateCommand("select game_id, athlete_id, stats from scoring.line");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(new($"{reader.GetString(0)}/{reader.GetString(1)}", LineSql.ReadStats(reader.GetString(2))));
        return FeedSlates.Digest(lines);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(workers.Values.Select(w => w.DisposeAsync().AsTask()));
        await following.CancelAsync();
        await follower.ContinueWith(_ => { }, TaskScheduler.Default);
        following.Dispose();
        producer.Dispose();
    }

    private async Task Publish(IEnumerable<Ingestion.Feed.FeedRecord> records)
    {
        foreach (var share in records.Chunk(UnconfirmedMax))
            await Task.WhenAll(share.Select(r => producer.Publish(r.Message, r.Id, r.Time)));
    }

    private void Watch(IMessage message)
    {
        if (message is not StandingsV1 standings) return;
        lock (tops) tops[standings.ContestId] = [.. standings.Top.Select(t => t.Points)];
    }

    private bool IsRanked(IEnumerable<FeedSlate> slates)
    {
        lock (tops) return slates.All(s => tops.TryGetValue(s.Contest.ContestId, out var top) && top.SequenceEqual(s.TopPoints));
    }

    private async Task Until(Func<Task<bool>> isSo, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (follower.IsFaulted) await follower;
            if (watch.Elapsed < s_patience && workers.Values.All(w => !w.HasExited))
            {
                await Task.Delay(s_poll);
                continue;
            }

            lock (log) throw new InvariantException($"it never came about: {what}\n{string.Join('\n', log.TakeLast(20))}");
        }
    }

    private void Remember(string line)
    {
        lock (log) log.Add(line);
    }

    private async Task<long> Count(string sql)
    {
        await using var command = admin.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static long PeakMib(int pid)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"))
            .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10;
    }
}
