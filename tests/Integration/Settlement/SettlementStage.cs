using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Settlement;

/// <summary>
/// Settlement's handlers and job on a real database, as its own role, delivered to by hand: every order of messages can be tried.
/// </summary>
internal sealed class SettlementStage : IAsyncDisposable
{
    public static readonly TimeSpan AlertAfter = TimeSpan.FromSeconds(60);

    private const int RunsMax = 200;
    private readonly WorkerDatabase database;
    private readonly StageClock clock = new();
    private int offset;

    public SettlementStage(PipelineScope pipeline) => database = pipeline.Database(SettlementService.Name, clock);

    /// <summary>One batch per call, each message to the handler of its topic.</summary>
    public async Task Deliver(params IEnumerable<IMessage> messages)
    {
        foreach (var topic in messages.GroupBy(m => WireTypes.Of(m.GetType()).Topic))
        {
            if (topic.Key == Topics.Rules)
            {
                foreach (var published in topic.Cast<RulesPublishedV1>())
                    await database.Run(tx => new RuleSetsHandler().Handle(
                        new Received<RulesPublishedV1>(published, Envelope(published, topic.Key)), tx), CancellationToken.None);
                continue;
            }

            var batch = topic.Select(m => new Received<IMessage>(m, Envelope(m, topic.Key))).ToArray();
            IBatchHandler handler = topic.Key == Topics.StatLines ? new StatLinesHandler() : new ContestEventsHandler();
            await database.Run(tx => handler.Handle(batch, tx), CancellationToken.None);
        }
    }

    /// <summary>Runs a job, as one process does, until it says that there is nothing more to do.</summary>
    public Task RunJob() => Run(NewJob());

    public static SettleJob NewJob() => new(new SettlementOptions(AlertAfter, CheckEvery: TimeSpan.FromSeconds(1)));

    /// <summary>One that has run before, and remembers it.</summary>
    public async Task Run(SettleJob job)
    {
        for (var run = 0; run < RunsMax; run++)
        {
            if (!await database.Run(job.Run, CancellationToken.None)) return;
        }

        throw new InvariantException($"the job had more to do {RunsMax} times");
    }

    public void Pass(TimeSpan time) => clock.Now += time;

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private Envelope Envelope(IMessage message, string topic) => new(
        topic, 0, offset++, message.RecordKey, DeterministicId.From(message.IdempotencyKey), WireTypes.Of(message.GetType()).Name,
        "test", clock.Now, null, new Dictionary<string, string>(), WireJson.Bytes(message));

    /// <summary>Time that passes when the test says so.</summary>
    private sealed class StageClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2016, 10, 3, 4, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
