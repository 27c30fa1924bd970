using System.Text;
using Confluent.Kafka;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Publishes from outside the pipeline: feed players, command lines, tests. Workers use <see cref="Tx.Send"/> instead. One key's
/// records keep the order of the calls.
/// </summary>
/// <param name="source"><c>ce_source</c> of what it publishes.</param>
/// <param name="untilTaken">
/// A record is tried until the broker takes it or refuses it, however long it is away: for whoever would rather wait than have a
/// later record overtake one that was given up.
/// </param>
public sealed class MessageProducer(KafkaSettings kafka, string source, TimeProvider clock, bool untilTaken = false) : IDisposable
{
    private readonly IProducer<byte[]?, byte[]?> producer =
        new ProducerBuilder<byte[]?, byte[]?>(untilTaken ? kafka.PatientProducer() : kafka.Producer()).SetLogHandler((_, _) =>
        {
        }).Build();

    /// <param name="id"><c>ce_id</c>; the id of the message's idempotency key unless given.</param>
    /// <param name="time"><c>ce_time</c>; the present unless given. A repetition must give the same.</param>
    /// <returns>Completes when the broker has it.</returns>
    public Task Publish(IMessage message, string? id = null, DateTimeOffset? time = null)
    {
        var wire = WireTypes.Of(message.GetType());
        var headers = CloudEvents.Headers(
            id ?? DeterministicId.From(message.IdempotencyKey).ToString(), wire.Name, source, time ?? clock.GetUtcNow(),
            TraceParents.Root(message.IdempotencyKey));
        var partition = KeyHash.Partition(message.PartitionKey, Topics.Find(wire.Topic).Partitions);
        return Produce(wire.Topic, partition, Encoding.UTF8.GetBytes(message.RecordKey), headers, WireJson.Bytes(message));
    }

    /// <summary>
    /// Exactly these bytes and headers, for replays and for tests of bad input. The partition follows from the key.
    /// </summary>
    public Task PublishRaw(
        string topic, string? key, IReadOnlyDictionary<string, string> headers, byte[] body, int? partition = null)
    {
        var raw = new Headers();
        foreach (var (name, value) in headers) raw.Add(name, Encoding.UTF8.GetBytes(value));
        return Produce(topic, partition ?? KeyHash.Partition(key ?? "", Topics.Find(topic).Partitions),
            key is null ? null : Encoding.UTF8.GetBytes(key), raw, body);
    }

    /// <summary>The same bytes once more, to the partition they came from, with one header more.</summary>
    /// <returns>Completes when the broker has it.</returns>
    /// <exception cref="TimeoutException">The broker did not take it.</exception>
    public async Task Republish(KafkaRecord record, string header, string text)
    {
        var headers = new Headers();
        foreach (var kept in record.Headers ?? [])
        {
            if (kept.Key != header) headers.Add(kept.Key, kept.GetValueBytes());
        }

        headers.Add(header, Encoding.UTF8.GetBytes(text));
        try
        {
            await Produce(record.Envelope.Topic, record.Envelope.Partition, record.Key, headers, record.Value);
        }
        catch (KafkaException refused)
        {
            throw new TimeoutException($"{record.Envelope.Topic}: {refused.Error.Reason}", refused);
        }
    }

    public void Flush(TimeSpan limit) => producer.Flush(limit);

    public void Dispose() => producer.Dispose();

    private Task Produce(string topic, int partition, byte[]? key, Headers headers, byte[]? body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        producer.Produce(
            new TopicPartition(kafka.Physical(topic), partition),
            new Message<byte[]?, byte[]?> { Key = key, Headers = headers, Value = body,
                Timestamp = new Timestamp(clock.GetUtcNow()) },
            report =>
            {
                if (report.Error.IsError) done.SetException(new KafkaException(report.Error));
                else done.SetResult();
            });
        return done.Task;
    }
}
