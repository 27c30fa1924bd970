using System.Text.Json;
using Confluent.Kafka;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>The consumer that docs/consumers/stripe-webhooks.md points to works.</summary>
public sealed class StripeEventConsumerTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task It_takes_each_signed_event_once_and_tells_of_one_that_stripe_did_not_sign_and_goes_on()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);
        var body = WebhookStage.Event("evt_sample", "pi_sample");
        Assert.Equal(200, (await stage.Deliver(body)).Status);
        Assert.Equal(200, (await stage.Deliver(body)).Status);
        var taken = new List<(string EventId, string Object)>();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var told = new List<string>();
        var running = Task.Run(
            () => Consumer(WebhookStage.PlatformSecret).Run((id, e) => taken.Add((id, Subject(e))), told.Add, stop.Token),
            stop.Token);

        var forged = scope.ReadTopic(Topics.StripeWebhooks)[0];
        await PipelineScope.Eventually(() => Task.FromResult(taken.Count == 1 || running.IsCompleted), "the event is taken");
        await scope.Producer.PublishRaw(Topics.StripeWebhooks, "pi_sample", forged.Headers, [.. body, (byte)' ']);

        Assert.Equal(200, (await stage.Deliver(WebhookStage.Event("evt_after", "pi_sample"))).Status);
        await PipelineScope.Eventually(() => Task.FromResult(taken.Count == 2 || running.IsCompleted), "it goes on");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Contains("evt_sample was not signed", Assert.Single(told), StringComparison.Ordinal);
        Assert.Equal([("evt_sample", "pi_sample"), ("evt_after", "pi_sample")], taken);
    }

    private StripeEventConsumer Consumer(string secret) => new(
        new ConsumerConfig { BootstrapServers = scope.Kafka.BootstrapServers, GroupId = "another-team" },
        scope.Kafka.Physical(Topics.StripeWebhooks), [secret]);

    private static string Subject(JsonElement body) =>
        body.GetProperty("data").GetProperty("object").GetProperty("id").GetString()!;
}
