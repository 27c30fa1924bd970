using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>
/// The programs in samples/consumers, each in its own language with a client that nobody here wrote, over events that came in by
/// the webhook endpoint, on a real Kafka.
/// </summary>
public sealed class ConsumerSamplesTests(ProviderBroker broker) : IClassFixture<ProviderBroker>, IDisposable
{
    private static readonly string s_folder = Path.Combine(Samples.Repository(), "samples", "consumers");

    private readonly string kept = Directory.CreateTempSubdirectory("consumer-tests-").FullName;

    [Fact]
    public async Task Each_takes_every_signed_event_once_goes_on_after_a_forged_one_and_tells_of_it()
    {
        Assert.SkipUnless(broker.IsThere, "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)");
        await using (var stage = await WebhookStage.Start(broker.Kafka))
        {
            var body = WebhookStage.Event("evt_one", "pi_one");
            Assert.Equal(200, (await stage.Deliver(body)).Status);
            Assert.Equal(200, (await stage.Deliver(body)).Status);
            await Forge(body);
            Assert.Equal(200, (await stage.Deliver(WebhookStage.Event("evt_two", "pi_one"))).Status);
        }

        var ran = 0;
        foreach (var (language, program) in Programs())
        {
            ran++;
            var (code, said) = await Run(program, language, "first");
            Assert.Equal((1, "new 2, repeated 1, forged 1"), (code, said[^1]));
            Assert.Equal(["event evt_one payment_intent.succeeded", "event evt_two payment_intent.succeeded"],
                said.Where(line => line.StartsWith("event ", StringComparison.Ordinal)));
            Assert.Contains(said, line => line.StartsWith("forged: partition ", StringComparison.Ordinal)
                && line.EndsWith("which calls itself evt_one", StringComparison.Ordinal));

            // Started again it goes on where it was; another group of the same reader reads all, and does nothing twice.
            Assert.Equal((0, "new 0, repeated 0, forged 0"), Last(await Run(program, language, "first")));
            Assert.Equal((1, "new 0, repeated 3, forged 1"), Last(await Run(program, language, "second")));
        }

        Assert.SkipWhen(ran == 0, "no sample was run: neither Node with kafkajs nor Java is here");
    }

    public void Dispose() => Directory.Delete(kept, recursive: true);

    private static (int Code, string Last) Last((int Code, IReadOnlyList<string> Said) ran) => (ran.Code, ran.Said[^1]);

    /// <summary>Somebody who may write to the topic changes a byte.</summary>
    private async Task Forge(byte[] body)
    {
        var signed = new TopicReader(broker.Kafka).Read<StripeEventV1>().First().Envelope;
        using var producer = new MessageProducer(broker.Kafka, "somebody", TimeProvider.System);
        await producer.PublishRaw(Topics.StripeWebhooks, signed.Key, signed.Headers, [.. body, (byte)' ']);
    }

    private static IEnumerable<(string Language, string[] Program)> Programs()
    {
        if (Directory.Exists(Path.Combine(s_folder, "node", "node_modules", "kafkajs")))
            yield return ("node", ["node", Path.Combine(s_folder, "node", "consumer.mjs")]);
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is { } home)
            yield return ("java",
                ["java", "-cp", Path.Combine(home, "libs", "*"), Path.Combine(s_folder, "java", "Consumer.java")]);
    }

    private async Task<(int Code, IReadOnlyList<string> Said)> Run(string[] program, string language, string group)
    {
        var said = new List<string>();
        await using var process = await ChildProcess.Start(
            program[0], [.. program[1..], broker.Kafka.BootstrapServers, broker.Kafka.TopicPrefix, $"{language}-{group}",
                Path.Combine(kept, $"{language}.seen")],
            new Dictionary<string, string?>
            {
                ["LISTEN_MS"] = "8000", ["STRIPE_PLATFORM_SECRETS"] = $"whsec_other,{WebhookStage.PlatformSecret}",
            },
            line =>
            {
                lock (said) said.Add(line);
            });
        await process.WaitForExit(TestContext.Current.CancellationToken);
        lock (said)
        {
            // What its client logs beside is not ours; a program that failed in another way shows all of it.
            string[] ours = [.. said.Where(line => line.Split(' ')[0] is "event" or "forged:" or "new")];
            Assert.True(ours.Length > 0 && ours[^1].StartsWith("new ", StringComparison.Ordinal), string.Join("\n", said));
            return (process.ExitCode, ours);
        }
    }
}
