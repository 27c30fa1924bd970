using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using Dapper;
using Worker = ContestPipeline.Demo.Worker;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>The whole pipeline playing the small slate, on a PostgreSQL and a simulated Stripe of its own.</summary>
internal sealed class SlateRun : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly string[] s_followed =
        [Topics.StatLines, Topics.Lifecycle, Topics.ContestEvents, Topics.Results, Topics.PayoutEvents, Topics.Alerts];

    private readonly StateFolder folder;
    private readonly CancellationTokenSource spectating = new();
    private readonly DemoState state = new();
    private readonly MessageProducer producer;
    private readonly PlayFeed player;
    private readonly Task following;

    private SlateRun(StateFolder folder, DemoEnvironment stage, SmallSlate slate, IReadOnlyList<Worker> inside)
    {
        (this.folder, Stage, Slate, Crew) = (folder, stage, slate, new DemoWorkers(stage, inside));
        producer = new MessageProducer(stage.Kafka, "contestpipeline/tests", TimeProvider.System);
        player = new PlayFeed(producer, TimeProvider.System);
        Accounts = new PlayerAccounts(stage.Stripe, stage.Database, TimeProvider.System, SmallSlate.Players);
        following = new TopicFollower(stage.Kafka).Run(s_followed, state.Apply, spectating.Token);
    }

    public DemoEnvironment Stage { get; }

    public SmallSlate Slate { get; }

    public DemoWorkers Crew { get; }

    public PlayerAccounts Accounts { get; }

    public DemoSnapshot Told => state.Snapshot();

    public Await Wait { get; } = new(TimeProvider.System, s_patience);

    /// <param name="broker">Null: Kafka is embedded in this process.</param>
    /// <param name="settings">For all workers, beside those of the stage.</param>
    public static async Task<SlateRun> Start(
        string name, RealBroker? broker, IReadOnlyList<Worker> inside, IReadOnlyDictionary<string, string> settings,
        CancellationToken ct, bool onePerPolicy = false)
    {
        var slate = await SmallSlate.Read(ct, onePerPolicy);
        var folder = StateFolder.Take(name, keep: false)
            ?? throw new InvalidOperationException($"another run of {name} is under way in this checkout");
        var stage = await DemoEnvironment.Build(folder, broker, withStripe: true, _ => { }, ct);
        foreach (var (setting, value) in settings) stage.Settings[setting] = value;
        var run = new SlateRun(folder, stage, slate, inside);
        await run.Crew.Start(ct);
        await run.Accounts.Create(ct);
        await stage.Stripe.Fund(1_000_000, ct);
        return run;
    }

    public async Task CreateContests(CancellationToken ct)
    {
        await Task.WhenAll(
            Slate.Definitions.Select(d =>
                producer.Publish(new CreateContestV1($"create/{d.ContestId}", d.ContestId, d, IssuedBy: "tests"))));
        await Wait.Until("the contests are open",
            () => Told.Contests.Count(c => c.Lifecycle is not null) == Slate.Definitions.Count, Explain, ct);
    }

    public Task Enter() => Task.WhenAll(Slate.Entries.Select(e => producer.Publish(e)));

    public Task EntriesAnswered(CancellationToken ct) =>
        Wait.Until("every entry has its answer", () => Told is var t && t.Accepted + t.Refused.Count >= Slate.Entries.Count,
            Explain, ct);

    /// <summary>Opens the contests, and waits until every entry of the slate is answered.</summary>
    public async Task FillContests(CancellationToken ct)
    {
        await CreateContests(ct);
        await Enter();
        await EntriesAnswered(ct);
    }

    /// <summary>The whole slate, from open contests to paid ones.</summary>
    public async Task PlayToTheEnd(CancellationToken ct)
    {
        await FillContests(ct);
        await Play(Slate.Feed, ct);
        await Finish(ct);
    }

    public Task Play(IReadOnlyList<FeedRecord> part, CancellationToken ct) => player.Run(part, speed: 0, ct);

    /// <summary>Lets the late accounts receive, waits until every contest is paid and nobody has anything left to do.</summary>
    public async Task Finish(CancellationToken ct)
    {
        await Accounts.ActivateLate(ct);
        await Wait.Until("every contest is paid",
            () => Told.Contests.Count == Slate.Definitions.Count && Told.All(ContestStates.Paid), Explain, ct);
        await Rest(ct);
    }

    public Task Rest(CancellationToken ct) => Wait.Until("nothing is left to do", () => Crew.IsAtRest(ct), Explain, ct);

    /// <returns>How many records.</returns>
    public async Task<int> ReplayEverything(CancellationToken ct)
    {
        var records = 0;
        foreach (var topic in (string[])[Topics.FeedGames, Topics.ContestOperations, Topics.ContestCommands, Topics.Results,
            Topics.StripeWebhooks])
            records += await player.Replay(Stage.Kafka, topic, ct);
        return records;
    }

    public async Task<DemoFacts> Facts(CancellationToken ct) =>
        await DemoFacts.Gather(Stage, Slate.Entries.Count, Told, Accounts.ByPlayer, await Stage.Database.VerifyLedger(ct), ct);

    /// <summary>Each contest put together from nothing but the topics.</summary>
    public IReadOnlyList<ContestCopy> CopiesFromTopics(CancellationToken ct)
    {
        var copies = Slate.Definitions.Select(d => new ContestCopy(d.ContestId)).ToArray();
        foreach (var topic in (string[])[Topics.StatLines, Topics.ContestEvents, Topics.Results])
        {
            foreach (var envelope in new TopicReader(Stage.Kafka).Read(topic, ct))
            {
                if (WireTypes.Find(envelope.WireName) is not { } type) continue;
                var message = (IMessage)WireJson.Read(envelope.Body.Span, type);
                foreach (var copy in copies) copy.Apply(message);
            }
        }

        return copies;
    }

    public async Task<long> Figure(string sql, CancellationToken ct)
    {
        await using var connection = await Stage.Database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, cancellationToken: ct));
    }

    public string Explain() => string.Join('\n',
    [
        .. Told.Contests.Select(c =>
            $"{c.ContestId}: {c.Lifecycle?.State}, {c.Accepted} accepted, hold: {c.Lifecycle?.Hold ?? "none"}"),
        .. Told.Games.Select(g => $"{g.GameId}: {g.Status}, incomplete: {g.Incomplete}, differences: {g.Differences.Count}"),
        .. Told.PayoutStates.Select(p => $"payouts {p.State}: {p.Count}"),
        .. Told.Refused.Take(3).Select(r => $"refused {r.CommandId}: {r.ReasonCode} {r.Field} {r.Message}"),
        .. Told.Alerts.Take(10).Select(a => $"alert {a.Severity} {a.Kind} {a.Subject}: {a.Cause}"),
        .. Crew.Logs,
    ]);

    public async ValueTask DisposeAsync()
    {
        await Crew.DisposeAsync();
        await spectating.CancelAsync();
        await following.ContinueWith(_ => { }, TaskScheduler.Default);
        producer.Dispose();
        await Stage.DisposeAsync();
        folder.Dispose();
        spectating.Dispose();
    }
}
