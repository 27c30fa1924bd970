using System.Text.Json.Nodes;
using Confluent.Kafka;

namespace ProviderSample;

/// <summary>What the pipeline says: refusals of this source, and games of which something is missing.</summary>
internal sealed class Said : IDisposable
{
    private readonly IConsumer<string, byte[]> consumer;
    private readonly string rejected;
    private readonly string source;

    public Said(Connection connection)
    {
        (source, rejected) = (connection.Source, connection.Topic + ".rejected");
        consumer = new ConsumerBuilder<string, byte[]>(connection.Configure(new ConsumerConfig
        {
            GroupId = $"{connection.Prefix}feed-{source}-rejections", AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
        })).Build();
        consumer.Subscribe([rejected, connection.Prefix + "feed.recovery.v1"]);
    }

    /// <param name="recover">Answers a request.</param>
    /// <returns>How many messages were refused.</returns>
    public async Task<int> Listen(TimeSpan patience, Func<JsonNode, Task> recover, TimeProvider clock)
    {
        var refused = 0;
        for (var begun = clock.GetTimestamp(); clock.GetElapsedTime(begun) < patience;)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is not { } record) continue;
            var told = JsonNode.Parse(record.Message.Value)!;
            if (record.Topic != rejected)
            {
                await recover(told);
            }
            else if ((string?)told["headers"]?["ce_source"] == source)
            {
                refused++;
                Console.WriteLine($"refused {told["headers"]?["ce_id"]}: {told["reason"]}, field {told["field"]}, "
                    + $"expected {told["expected"]}, got {told["got"]}");
            }

            consumer.Commit(record);
        }

        return refused;
    }

    public void Dispose()
    {
        consumer.Close();
        consumer.Dispose();
    }
}
