using ContestPipeline.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Plumbing;

/// <summary>Declares a worker: its schema, its migrations, the topics it consumes with their handlers, its jobs.</summary>
public sealed class WorkerBuilder(IHostApplicationBuilder host, string name)
{
    /// <summary>Also the schema, the database role and the consumer group.</summary>
    public string Name { get; } = name;

    public IHostApplicationBuilder Host { get; } = host;

    public IServiceCollection Services => Host.Services;

    internal List<Consumption> Consumptions { get; } = [];

    internal List<JobSpec> Jobs { get; } = [];

    /// <summary>Messages of type <typeparamref name="T"/>, from the topic they are declared on, one at a time.</summary>
    public WorkerBuilder On<T, THandler>() where T : IMessage where THandler : class, IHandler<T>
    {
        Services.AddSingleton<THandler>();
        Consumptions.Add(new Consumption(WireTypes.Of(typeof(T)).Topic, typeof(T), services =>
        {
            var handler = services.GetRequiredService<THandler>();
            return async (batch, tx) =>
            {
                foreach (var one in batch) await handler.Handle(new Received<T>((T)one.Message, one.Envelope), tx);
            };
        }));
        return this;
    }

    /// <summary>
    /// Everything on a topic, a batch at a time. Types given with <see cref="On{T,THandler}"/> for the same topic are not passed
    /// on.
    /// </summary>
    public WorkerBuilder OnBatch<THandler>(string topic) where THandler : class, IBatchHandler
    {
        Services.AddSingleton<THandler>();
        Consumptions.Add(new Consumption(topic, null, services => services.GetRequiredService<THandler>().Handle));
        return this;
    }

    /// <summary>
    /// How a topic's records are read; the default is <see cref="Malformed.Park"/> and <see cref="Dedupe.ByInbox"/>.
    /// </summary>
    public WorkerBuilder Topic(string topic, Malformed malformed, Dedupe dedupe)
    {
        TopicRules[topic] = (malformed, dedupe);
        return this;
    }

    /// <summary>
    /// Reads a topic whose records are no JSON of ours; null: nothing for this worker. The CloudEvents headers are asked for all
    /// the same.
    /// </summary>
    /// <param name="read">A <see cref="System.Text.Json.JsonException"/> makes the record malformed.</param>
    public WorkerBuilder Reader(string topic, Func<Envelope, IMessage?> read)
    {
        Readers[topic] = read;
        return this;
    }

    /// <summary>Runs a job in a transaction of its own, every so often and again at once while it says there is more.</summary>
    /// <param name="name">For logs; one word.</param>
    public WorkerBuilder Job<TJob>(string name, TimeSpan every) where TJob : class, IJob
    {
        Services.AddSingleton<TJob>();
        Jobs.Add(new JobSpec(name, every, services => services.GetRequiredService<TJob>()));
        return this;
    }

    /// <summary>
    /// What is done, in one transaction, when the worker's database turns out to have gone back in time; by default a person is
    /// told. What the database lacks is read and handled again in any case.
    /// </summary>
    /// <param name="act">May be called again for the same loss, when further partitions show it later.</param>
    public WorkerBuilder WhenDatabaseWentBack(Func<WentBack, Tx, Task> act)
    {
        OnWentBack = new WhenWentBack(act, [], _ => false);
        return this;
    }

    /// <summary>As the other; and what the worker itself wrote since is read back before.</summary>
    /// <param name="topics">That the worker writes and may read.</param>
    /// <param name="isWanted">Of a wire name: messages of that type are read back.</param>
    public WorkerBuilder WhenDatabaseWentBack(
        IReadOnlyList<string> topics, Func<string, bool> isWanted, Func<WentBack, Tx, Task> act)
    {
        OnWentBack = new WhenWentBack(act, topics, isWanted);
        return this;
    }

    /// <summary>
    /// What is done before the worker's loops start, once its database and its broker are there; may be done again at any start.
    /// </summary>
    public WorkerBuilder AtStart(Func<KafkaSettings, WorkerDatabase, CancellationToken, Task> act)
    {
        OnStart = act;
        return this;
    }

    internal Func<KafkaSettings, WorkerDatabase, CancellationToken, Task> OnStart { get; private set; } = (
        _, _, _) => Task.CompletedTask;

    internal WhenWentBack OnWentBack { get; private set; } = new(
        (lost, tx) =>
        {
            lost.Tell(tx);
            return Task.CompletedTask;
        },
        [], _ => false);

    internal Dictionary<string, (Malformed Malformed, Dedupe Dedupe)> TopicRules { get; } = [];

    internal Dictionary<string, Func<Envelope, IMessage?>> Readers { get; } = new(StringComparer.Ordinal);
}

/// <summary>What a worker does when its database went back.</summary>
/// <param name="Topics">Whose newest records are read back before.</param>
internal sealed record WhenWentBack(Func<WentBack, Tx, Task> Act, IReadOnlyList<string> Topics, Func<string, bool> IsWanted);

/// <summary>What runs on a topic's messages, in order.</summary>
internal delegate Task Handling(IReadOnlyList<Received<IMessage>> batch, Tx tx);

/// <summary>
/// Which handler takes what of a topic; <see cref="MessageType"/> null: everything not taken by type, in batches.
/// </summary>
internal sealed record Consumption(string Topic, Type? MessageType, Func<IServiceProvider, Handling> Handler);

/// <summary>A job as it was declared.</summary>
internal sealed record JobSpec(string Name, TimeSpan Every, Func<IServiceProvider, IJob> Job);

/// <summary>
/// A topic that a worker consumes; <paramref name="Message"/> is the wire name of the one type it takes, null when it takes all
/// of them.
/// </summary>
public sealed record Subscription(string Worker, string Topic, string? Message);
