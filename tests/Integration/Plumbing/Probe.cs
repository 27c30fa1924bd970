using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// A worker with nothing to it but the machinery: it notes each message and sends one on, and fails where a test says so.
/// </summary>
public sealed class Probe : IHandler<FeedStatusV1>
{
    public const string Name = "probe";

    public async Task Handle(Received<FeedStatusV1> received, Tx tx)
    {
        var message = received.Message;
        if (await tx.QueryOne<string>("select key from probe.broken where key = @GameId", message) is not null)
            throw new InvariantException($"the test broke {message.GameId}");
        await tx.Execute("insert into probe.handled (key, sequence) values (@GameId, @Sequence)", message);
        tx.Send(State(message.GameId, message.Sequence), received.Envelope);
    }

    public static FeedStatusV1 Message(string game, long sequence) =>
        new(game, sequence, GameStatus.InProgress, DateTimeOffset.UnixEpoch);

    public static GameStateV1 State(string game, long version) =>
        new(game, version, GameStatus.InProgress, null, false, [], false, [], null, DateTimeOffset.UnixEpoch);

    public static async Task Install(PipelineScope scope) =>
        await new Migrator(scope.AdminConnection, "test").Apply([new WorkerSchema(Name, typeof(Probe).Assembly)]);

    public static Dictionary<string, string?> Settings(PipelineScope scope) =>
        new() { ["PROBE_DATABASE"] = scope.WorkerConnection(Name) };

    public static void Add(IHostApplicationBuilder builder) => builder.AddWorker(Name, typeof(Probe).Assembly, worker => worker
        .On<FeedStatusV1, Probe>().Topic(Topics.FeedGames, Malformed.Reject, Dedupe.ByInbox));

    public static Task<IHost> Start(PipelineScope scope) => scope.Start(Add, Settings(scope));

    /// <summary>The sequences handled for a key, in the order of their transactions.</summary>
    public static Task<IReadOnlyList<long>> Handled(PipelineScope scope, string key) =>
        scope.Query<long>("select sequence from probe.handled where key = @key order by n", new { key });

    /// <summary>The versions of a key that reached Kafka, first occurrence of each, in order.</summary>
    public static IReadOnlyList<long> Sent(PipelineScope scope, string key) =>
        [.. scope.ReadTopic<GameStateV1>().Where(s => s.GameId == key).Select(s => s.Version).Distinct()];
}
