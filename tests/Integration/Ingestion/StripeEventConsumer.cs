using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>
/// How another team reads Stripe's events: with a Kafka client and nothing of ours. docs/consumers/stripe-webhooks.md points
/// here, and <see cref="StripeEventConsumerTests"/> runs it.
/// </summary>
internal sealed class StripeEventConsumer(ConsumerConfig config, string topic, IReadOnlyList<string> signingSecrets)
{
    // yours: a table with a unique key on the event id, written in the transaction of the work
    private readonly HashSet<string> seen = [];

    /// <param name="handle">The event as Stripe wrote it. It must read the object again from Stripe before it believes
    /// anything.</param>
    /// <param name="tell">What Stripe has not signed, which somebody wrote who may write to the topic: people have to find out
    /// who.</param>
    public void Run(Action<string, JsonElement> handle, Action<string> tell, CancellationToken ct)
    {
        config.EnableAutoCommit = false;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
        consumer.Subscribe(topic);
        try
        {
            while (true)
            {
                var record = consumer.Consume(ct);
                var eventId = Header(record, "stripe-event-id");
                if (!IsFromStripe(record.Message.Value, Header(record, "stripe-signature")))
                {
                    tell($"{record.TopicPartitionOffset}: {eventId} was not signed by Stripe");
                }
                else if (seen.Add(eventId))
                {
                    using var body = JsonDocument.Parse(record.Message.Value);
                    handle(eventId, body.RootElement);
                }

                consumer.Commit(record); // after the work is done, never before
            }
        }
        finally
        {
            consumer.Close();
        }
    }

    /// <summary>
    /// The bytes as they are, never parsed and written anew; and no look at the age, because a record may have waited on the
    /// topic.
    /// </summary>
    private bool IsFromStripe(byte[] body, string signatureHeader)
    {
        var items = signatureHeader.Split(',').Select(item => item.Trim().Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1]);
        byte[] signed = [.. Encoding.UTF8.GetBytes(items["t"].First() + "."), .. body];
        var genuine = false;
        foreach (var secret in signingSecrets)
        {
            var expected = Encoding.ASCII.GetBytes(
                Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)));
            foreach (var signature in items["v1"])
                genuine |= CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), expected);
        }

        return genuine;
    }

    private static string Header(ConsumeResult<string, byte[]> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var value)
            ? Encoding.UTF8.GetString(value)
            : throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"{record.TopicPartitionOffset}: no header {name}"));
}
