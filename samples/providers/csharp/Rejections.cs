using System.Text.Json.Nodes;
using Confluent.Kafka;

namespace ProviderSample;

/// <summary>What the pipeline refuses of this source.</summary>
internal sealed class Rejections : IDisposable
{
    private readonly IConsumer<string, byte[]> consumer;
    private readonly string source;

    public Rejections(Connection connection)
    {
        source = connection.Source;
        consumer = new ConsumerBuilder<string, byte[]>(connection.Configure(new ConsumerConfig
        {
            GroupId = $"{connection.Prefix}feed-{source}-rejections", AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
        })).Build();
        consumer.Subscribe(connection.Topic + ".rejected");
    }

    /// <returns>How many there were.</returns>
    public int Show(TimeSpan patience, TimeProvider clock)
    {
        var refused = 0;
        for (var begun = clock.GetTimestamp(); clock.GetElapsedTime(begun) < patience;)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is not { } record) continue;
            var told = JsonNode.Parse(record.Message.Value)!;
            if ((string?)told["headers"]?["ce_source"] == source)
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
