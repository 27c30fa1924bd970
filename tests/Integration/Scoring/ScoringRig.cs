using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Scoring;

/// <summary>A clock that moves when a test says so.</summary>
public sealed class HandClock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>
/// Scoring's own handlers and jobs over the real database, called directly and with a clock set by hand: one rig is what one
/// process would do, and a new one is a restart.
/// </summary>
/// <param name="earlyMinutes">How long entries wait for their contest.</param>
public sealed class ScoringRig(PipelineScope scope, HandClock clock, int earlyMinutes = EarlyLimits.MinutesDefault)
{
    private static readonly ContestDefinitions s_definitions = new();
    private static long s_offset;
    private readonly WorkerDatabase database = scope.Database(ScoringService.Name, clock);
    private readonly LiveStandings standings = new(s_definitions);
    private readonly LifecycleJob lifecycle = new(s_definitions, HoldPatience.Default);
    private readonly CommandHandler commands = new(s_definitions, new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = "test",
            ["SCORING_EARLY_ENTRY_MINUTES"] = $"{earlyMinutes}" }).Build());
    private StandingsJob? standingsJob;

    public HandClock Clock => clock;

    /// <summary>When messages say that they were sent; null: now.</summary>
    public DateTimeOffset? SentAt { get; set; }

    public Ranks Ranks => new(database, standings);

    public Task Command(params IMessage[] batch) => Handle(commands, batch);

    public Task Published(PublishChallengeV1 draft) =>
        database.Run(tx => new PublishChallengeHandler(commands).Handle(Receive(draft), tx), default);

    public Task PublishRules(PublishRulesV1 command) =>
        database.Run(tx => new PublishRulesHandler().Handle(Receive(command), tx), default);

    /// <summary>On the topic where players' commands come, at a place of the test's choice.</summary>
    public Task CommandOfPlayers(long offset, IMessage command, int partition = 0)
    {
        var received = Receive(command);
        return database.Run(
            tx => commands.Handle(
                [received with { Envelope = received.Envelope with { Topic = Topics.ContestCommands, Partition = partition,
                    Offset = offset } }], tx), default);
    }

    /// <summary>In a transaction of somebody else's.</summary>
    public Task Command(Tx tx, params IMessage[] batch) => commands.Handle([.. batch.Select(Receive<IMessage>)], tx);

    /// <summary>Has commands judged that waited for their contest and need not wait longer.</summary>
    public async Task JudgeEarly()
    {
        var job = new EarlyCommandsJob(commands);
        while (await database.Run(job.Run, default)) { }
    }

    public Task Lines(params IMessage[] batch) => Handle(new LinesHandler(), batch);

    /// <summary>In a transaction of somebody else's.</summary>
    public Task Lines(Tx tx, params IMessage[] batch) => new LinesHandler().Handle([.. batch.Select(Receive<IMessage>)], tx);

    public Task Settled(ContestSettledV1 settled) =>
        database.Run(tx => new ContestSettledHandler().Handle(Receive(settled), tx), default);

    public Task Recalled(RecallAnsweredV1 answer) =>
        database.Run(tx => new RecallHandler(s_definitions, HoldPatience.Default).Handle(Receive(answer), tx), default);

    public Task Paid(ContestPaidV1 paid) => database.Run(tx => new ContestPaidHandler().Handle(Receive(paid), tx), default);

    public Task Payment(EntryPaymentChangedV1 payment) =>
        database.Run(tx => new EntryPaymentHandler(s_definitions).Handle(Receive(payment), tx), default);

    /// <summary>Runs the lifecycle until it has nothing more to do.</summary>
    public async Task Tick()
    {
        while (await database.Run(lifecycle.Run, default)) { }
    }

    public Task PublishStandings() => database.Run((standingsJob ??= new StandingsJob(standings, clock)).Run, default);

    /// <summary>What was sent about a contest, in order.</summary>
    public async Task<IReadOnlyList<T>> Sent<T>(string partitionKey) where T : IMessage => [.. (await scope.Query<byte[]>(
        "select body from scoring.outbox where wire_name = @name and partition_key = @partitionKey order by position",
        new { name = WireTypes.Of(typeof(T)).Name, partitionKey })).Select(b => WireJson.Read<T>(b))];

    public async Task<string> State(string contestId) =>
        (await scope.Scalar<string>("select state from scoring.contest where contest_id = @contestId", new { contestId }))!;

    public async Task Start(string id)
    {
        await Lines(Slate.Game($"{id}-g1", 1, GameStatus.InProgress, Clock.Now),
            Slate.Game($"{id}-g2", 1, GameStatus.InProgress, Clock.Now));
        await Tick();
    }

    public async Task Close(string id, Dictionary<string, long> lines, IReadOnlyList<StatDifferenceV1>? differences = null)
    {
        Clock.Now = Clock.Now.AddHours(3);
        await Lines(
            Slate.Game($"{id}-g1", 2, GameStatus.Closed, Clock.Now, lines, differences),
            Slate.Game($"{id}-g2", 2, GameStatus.Closed, Clock.Now, new Dictionary<string, long>()));
        await Tick();
    }

    private Task Handle(IBatchHandler handler, IMessage[] batch) =>
        database.Run(tx => handler.Handle([.. batch.Select(Receive<IMessage>)], tx), default);

    private Received<T> Receive<T>(T message) where T : IMessage
    {
        var body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(WireJson.Bytes(message)));
        var wire = WireTypes.Of(message.GetType());
        return new Received<T>(message, new Envelope(
            wire.Topic, 0, Interlocked.Increment(ref s_offset), message.RecordKey, DeterministicId.From(message.IdempotencyKey),
            wire.Name, "tests", SentAt ?? clock.Now, null, new Dictionary<string, string>(), body));
    }
}

/// <summary>Contests, entries and games with defaults.</summary>
internal static class Slate
{
    public const int Athletes = 24;

    public static readonly DateTimeOffset Published = new(2026, 10, 4, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Lock = Published.AddHours(5);
    public static readonly RuleSet Rules = RuleSets.Find("draftkings-nfl-classic", 2015)
        ?? RuleSets.All.First(r => r.Weights.ContainsKey("rush_yds"));

    /// <summary>Two games of a test's own, so that tests share a database without sharing games.</summary>
    public static CreateContestV1 Create(
        string id, int maxEntries = 10_000, int perPlayer = 3_000, bool lateSwap = false, long tolerance = 0) => new(
        $"create-{id}", id, new ContestDefinitionV1(
            id, "A contest", "lineup", "usd", 0, maxEntries, perPlayer, 0, 100_000, Lock, [$"{id}-g1", $"{id}-g2"],
            RuleSets.Ref(Rules),
            new RosterV1([.. Enumerable.Range(0, 4).Select(i => new RosterSlotV1($"S{i}", ["ANY"], i == 0 ? 150 : 100))], 1_000,
                1, 1, null, AllowEmpty: true),
            [.. Enumerable.Range(0, Athletes)
                .Select(i => new PoolAthleteV1($"a{i}", $"Athlete {i}", ["ANY"], $"t{i % 4}", $"{id}-g{i % 2 + 1}", 10 * i))],
            new PrizeStructureV1(PrizeTypes.WinnerTakesAll), 0, 300, 60, "freeze", lateSwap, tolerance, "test"), "tests");

    public static SubmitEntryV1 Submit(string contestId, int n, params int[] athletes) =>
        new($"submit-{contestId}-{n}", contestId, $"e{n}", $"p{n % 7}", [.. athletes.Select(a => $"a{a}")]);

    /// <summary>A line of rushing yards.</summary>
    public static StatLineV1 Line(string contestId, int athlete, long version, long yards, DateTimeOffset at) =>
        new($"{contestId}-g{athlete % 2 + 1}", $"a{athlete}", version, new Dictionary<string, long> { ["rush_yds"] = yards }, at);

    public static GameStateV1 Game(
        string gameId, long version, string status, DateTimeOffset at, IReadOnlyDictionary<string, long>? lines = null,
        IReadOnlyList<StatDifferenceV1>? differences = null) =>
        new(gameId, version, status, null, false, [], true, differences ?? [], lines, at);

    public static long Points(int athlete, IReadOnlyDictionary<int, long> yards, int slot) => ScoreLine.Multiplied(
        ScoreLine.Points(Rules, new Dictionary<string, long> { ["rush_yds"] = yards.GetValueOrDefault(athlete) }),
        slot == 0 ? 150 : 100);
}
