using System.Net.Sockets;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>From Stripe's delivery over HTTP to the topic: byte for byte, and only what Stripe signed.</summary>
public sealed class WebhookEndpointTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task A_delivery_stands_on_the_topic_byte_for_byte_once_it_is_answered()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);
        var body = WebhookStage.Event("evt_whole", "pi_whole");

        var (status, answer) = await stage.Deliver(body);

        Assert.True(status == 200, answer);
        var record = Assert.Single(scope.ReadTopic(Topics.StripeWebhooks), e => e.Headers["stripe-event-id"] == "evt_whole");
        Assert.True(record.Body.Span.SequenceEqual(body));
        Assert.Equal("pi_whole", record.Key);
        Assert.Equal("platform", record.Headers["stripe-endpoint"]);
        Assert.Equal(KeyHash.Partition("pi_whole", Topics.Find(Topics.StripeWebhooks).Partitions), record.Partition);
    }

    [Fact]
    public async Task Everything_on_the_topic_is_a_message_that_its_consumers_read()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);
        await stage.Deliver(WebhookStage.Event("evt_read", account: "acct_9"), StripeEndpoints.ConnectPath);

        var read = Assert.Single(new TopicReader(scope.Kafka).Read<StripeEventV1>(), r => r.Message.Id == "evt_read");

        Assert.Equal("acct_9", read.Envelope.Key);
        Assert.Equal("acct_9", read.Message.PartitionKey);
        Assert.IsType<DecodeResult.Decoded>(EnvelopeReader.Read(read.Envelope, custom: null));
    }

    [Fact]
    public async Task Deliveries_of_one_object_keep_the_order_in_which_they_were_answered()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);
        for (var n = 0; n < 20; n++) await stage.Deliver(WebhookStage.Event($"evt_order_{n:00}", "pi_order"));

        var ids = scope.ReadTopic(Topics.StripeWebhooks).Where(e => e.Key == "pi_order").Select(e => e.Headers["stripe-event-id"])
            .ToArray();

        Assert.Equal(20, ids.Length);
        Assert.Equal(1, stage.Connections);
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task While_a_secret_is_replaced_deliveries_with_the_old_and_the_new_one_are_taken()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);
        var body = WebhookStage.Event("evt_rolled");
        var now = TimeProvider.System.GetUtcNow();

        Assert.Equal(200,
            (await stage.Deliver(body, signature: StripeSignature.Header(body, now, WebhookStage.OldPlatformSecret))).Status);
        Assert.Equal(200,
            (await stage.Deliver(
                body, signature: StripeSignature.Header(body, now, "whsec_of_tomorrow", WebhookStage.PlatformSecret))).Status);
    }

    [Fact]
    public async Task Bad_deliveries_are_answered_with_one_sentence_and_leave_nothing_on_the_topic()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);
        var body = WebhookStage.Event("evt_bad", "pi_bad");
        var now = TimeProvider.System.GetUtcNow();
        var genuine = StripeSignature.Header(body, now, WebhookStage.PlatformSecret);
        byte[] garbage = [0xFF, 0x00, 0x7B];
        var huge = new byte[WebhookReceiver.BodyBytesMax + 1];
        (int Expected, string Word, Task<(int Status, string Answer)> Delivery)[] deliveries =
        [
            (400, "Stripe-Signature", stage.Deliver(body, signature: "")),
            (400, "Stripe-Signature", stage.Deliver(body, signature: "v1=00")),
            (400, "secret", stage.Deliver(body, signature: StripeSignature.Header(body, now, "whsec_forged"))),
            (400, "secret", stage.Deliver(body, StripeEndpoints.ConnectPath, genuine)),
            (400, "secret", stage.Deliver(body[..^5], signature: genuine)),
            (400, "secret", stage.Deliver([], signature: genuine)),
            (400, "300 seconds",
                stage.Deliver(body, signature: StripeSignature.Header(body, now.AddSeconds(-360), WebhookStage.PlatformSecret))),
            (400, "UTF-8", stage.Deliver(garbage)),
            (400, "JSON", stage.Deliver("garbage"u8.ToArray())),
            (400, "JSON", stage.Deliver([])),
            (400, "'event'", stage.Deliver("{}"u8.ToArray())),
            (400, "live mode", stage.Deliver(WebhookStage.Event("evt_bad", "pi_bad", livemode: true))),
            (400, "api_version",
                stage.Deliver(Encoding.UTF8.GetBytes(
                    Encoding.UTF8.GetString(body).Replace("2026-10-28.endive", "of-tomorrow", StringComparison.Ordinal)))),
            (413, "262144", stage.Deliver(huge)),
            (415, "application/json", stage.Deliver(body, contentType: "text/plain")),
            (415, "application/json", stage.Deliver(body, contentType: null)),
        ];

        foreach (var (expected, word, delivery) in deliveries)
        {
            var (status, answer) = await delivery;
            Assert.True(status == expected && answer.Contains(word, StringComparison.Ordinal),
                $"{expected} with '{word}' expected, {status} came: {answer}");
        }

        Assert.DoesNotContain(scope.ReadTopic(Topics.StripeWebhooks), e => e.Headers["stripe-event-id"] == "evt_bad");
    }

    [Fact]
    public async Task A_body_without_a_length_that_does_not_end_is_cut_off()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);
        using var client = new TcpClient();
        await client.ConnectAsync(stage.Address.Host, stage.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(
            "POST /stripe/webhooks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n");
        for (var sent = 0; sent < 5; sent++) await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);

        using var reader = new StreamReader(stream);
        Assert.StartsWith(
            "HTTP/1.1 413", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_requests_than_allowed_are_told_to_come_again()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka, WebhookStage.Options with { RatePerSecond = 1 });
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(n => stage.Deliver(WebhookStage.Event($"evt_flood_{n}"))));

        Assert.Contains(answers, a => a.Status == 200);
        Assert.Contains(answers, a => a.Status == 429 && a.Answer.Contains("second", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_broker_nothing_is_confirmed_and_the_endpoint_says_that_it_is_not_ready()
    {
        await using var stage = await WebhookStage.Start(KafkaSettings.At("127.0.0.1:1"));

        var delivery = stage.Deliver(WebhookStage.Event("evt_nobroker"));

        Assert.Equal(200, (await stage.Get("/healthz")).Status);
        Assert.Equal(503, (await stage.Get("/readyz")).Status);
        var (status, answer) = await delivery;
        Assert.Equal(503, status);
        Assert.Contains("again", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_broker_the_endpoint_is_ready_and_other_ways_in_are_closed()
    {
        await using var stage = await WebhookStage.Start(scope.Kafka);

        Assert.Equal(200, (await stage.Get("/readyz")).Status);
        Assert.Equal(405, (await stage.Get(StripeEndpoints.PlatformPath)).Status);
        Assert.Equal(404, (await stage.Get("/")).Status);
    }

    [Fact]
    public async Task The_worker_serves_the_endpoint_where_its_setting_says()
    {
        var settings = new Dictionary<string, string?>
        {
            ["INGESTION_HTTP_URL"] = "http://127.0.0.1:0", ["STRIPE_WEBHOOK_SECRETS"] = WebhookStage.PlatformSecret,
            ["STRIPE_CONNECT_WEBHOOK_SECRETS"] = WebhookStage.ConnectSecret,
        };
        var host = await scope.Start(builder => builder.AddIngestion(), settings);
        var address = ((WebhookServer)host.Services.GetService(typeof(WebhookServer))!).Address!;
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(new Uri(address), "/readyz"), TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode);
        await scope.Stop(host);
    }
}
