using System.Text;
using System.Text.Json.Nodes;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>What becomes of a delivery, from its bytes alone.</summary>
public sealed class CheckWebhookTests
{
    private const string Secret = "whsec_unit";
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_genuine_event_goes_to_the_topic_under_its_objects_id_with_every_header()
    {
        var body = Event();
        var publish = Assert.IsType<WebhookDecision.Publish>(Decide(body));

        Assert.Equal("pi_1", publish.Key);
        var headers = publish.Headers.ToDictionary();
        Assert.StartsWith("evt_1/", headers["ce_id"], StringComparison.Ordinal);
        Assert.Equal("stripe.event", headers["ce_type"]);
        Assert.Equal("stripe/platform", headers["ce_source"]);
        Assert.Equal("2026-11-21T05:59:00Z", headers["ce_time"]);
        Assert.Equal("2026-11-21T06:00:00Z", headers["received-at"]);
        Assert.Equal("payment_intent.succeeded", headers["stripe-event-type"]);
        Assert.Equal("2026-10-28.endive", headers["stripe-api-version"]);
        Assert.Equal(SignatureCheck.Genuine, StripeSignature.Check(body, headers["stripe-signature"], [Secret], now: null));
        Assert.False(headers.ContainsKey("stripe-account"));
    }

    [Fact]
    public void An_event_of_a_connected_account_is_keyed_by_that_account()
    {
        var publish = Assert.IsType<WebhookDecision.Publish>(Decide(Event(("account", "acct_7")), StripeEndpoints.Connect));

        Assert.Equal("acct_7", publish.Key);
        Assert.Equal("acct_7", publish.Headers.Account);
        Assert.Equal("stripe/connect", publish.Headers.Source);
    }

    [Fact]
    public void An_object_without_an_id_is_keyed_by_the_event() =>
        Assert.Equal("evt_1",
            Assert.IsType<WebhookDecision.Publish>(
                Decide(Event(("data", new JsonObject { ["object"] = new JsonObject() })))).Key);

    [Fact]
    public void The_key_is_the_one_that_the_message_itself_names()
    {
        byte[][] bodies = [Event(), Event(("account", "acct_7")),
            Event(("data", new JsonObject { ["object"] = new JsonObject() }))];

        Assert.All(bodies, body => Assert.Equal(
            WireJson.Read<StripeEventV1>(body).PartitionKey, Assert.IsType<WebhookDecision.Publish>(Decide(body)).Key));
    }

    [Fact]
    public void The_same_bytes_twice_are_one_message_and_a_redelivery_with_another_count_of_waiting_webhooks_is_another()
    {
        string Id(byte[] body) => Assert.IsType<WebhookDecision.Publish>(Decide(body)).Headers.Id;

        Assert.Equal(Id(Event()), Id(Event()));
        Assert.NotEqual(Id(Event()), Id(Event(("pending_webhooks", 2))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2019-02-19")]
    [InlineData("2099-01-01.yggdrasil")]
    public void An_event_in_a_version_nobody_here_knows_is_kept(string? version) =>
        Assert.Equal(version, Assert.IsType<WebhookDecision.Publish>(Decide(Event(("api_version", version)))).Headers.ApiVersion);

    [Fact]
    public void A_replayed_delivery_is_refused() =>
        Assert.Equal("signature-old",
            Refusal(CheckWebhook.Decide(Request(Event(), s_now), [Secret], isLive: false, s_now.AddSeconds(301))));

    [Fact]
    public void A_forged_or_truncated_delivery_is_refused_before_anything_in_it_is_read()
    {
        var request = Request(Event(), s_now);

        Assert.Equal("signature-forged", Refusal(CheckWebhook.Decide(request, ["whsec_other"], isLive: false, s_now)));
        Assert.Equal("signature-forged",
            Refusal(CheckWebhook.Decide(request with { Body = request.Body[..^1] }, [Secret], isLive: false, s_now)));
        Assert.Equal("signature-forged",
            Refusal(CheckWebhook.Decide(request with { Body = "garbage"u8.ToArray() }, [Secret], isLive: false, s_now)));
        Assert.Equal(
            "signature-missing", Refusal(CheckWebhook.Decide(request with { Signature = null }, [Secret], isLive: false, s_now)));
        Assert.Equal("signature-unreadable",
            Refusal(CheckWebhook.Decide(request with { Signature = "t=now" }, [Secret], isLive: false, s_now)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"object\":\"event\"")]
    [InlineData("{\"object\":\"\\ud800\"}")]
    public void What_is_no_json_object_is_refused_even_when_it_is_signed(string body) =>
        Assert.Equal("body-invalid", Refusal(Decide(Encoding.UTF8.GetBytes(body))));

    [Fact]
    public void What_is_no_text_is_refused_even_when_it_is_signed() =>
        Assert.Equal("body-invalid", Refusal(Decide([0x7B, 0xFF, 0xFE, 0x7D])));

    [Theory]
    [InlineData("object", "v2.core.event", "not-an-event")]
    [InlineData("object", null, "not-an-event")]
    [InlineData("id", null, "event-invalid")]
    [InlineData("id", "pi_1", "event-invalid")]
    [InlineData("id", "evt_\n1", "event-invalid")]
    [InlineData("type", null, "event-invalid")]
    [InlineData("type", "", "event-invalid")]
    [InlineData("created", "yesterday", "event-invalid")]
    [InlineData("created", -1, "event-invalid")]
    [InlineData("created", 1e30, "event-invalid")]
    [InlineData("livemode", null, "event-invalid")]
    [InlineData("livemode", "false", "event-invalid")]
    [InlineData("livemode", true, "wrong-mode")]
    [InlineData("api_version", "latest", "event-invalid")]
    [InlineData("api_version", 17, "event-invalid")]
    [InlineData("account", 17, "event-invalid")]
    [InlineData("account", "acct 7", "event-invalid")]
    [InlineData("data", null, "event-invalid")]
    [InlineData("AcCount", "acct_9", "event-invalid")]
    public void An_event_that_lacks_what_a_record_needs_is_refused(string member, object? value, string reason) =>
        Assert.Equal(reason, Refusal(Decide(Event((member, value)))));

    [Theory]
    [InlineData(false, StripeEndpoints.Platform, true)]
    [InlineData(false, StripeEndpoints.Connect, true)]
    [InlineData(true, StripeEndpoints.Platform, false)]
    public void An_event_of_the_other_mode_is_refused_and_both_modes_are_named(bool isLive, string endpoint, bool eventIsLive)
    {
        var decision = CheckWebhook.Decide(
            Request(Event(("livemode", eventIsLive)), s_now) with { Endpoint = endpoint }, [Secret], isLive, s_now);

        Assert.Equal("wrong-mode", Refusal(decision));
        Assert.Contains("live", ((WebhookDecision.Refuse)decision).Sentence, StringComparison.Ordinal);
        Assert.Contains("test", ((WebhookDecision.Refuse)decision).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_event_on_the_live_connect_endpoint_is_passed_over_because_stripe_sends_both_modes_there() =>
        Assert.Equal("wrong-mode", Assert.IsType<WebhookDecision.PassOver>(
            CheckWebhook.Decide(
                Request(Event(), s_now) with { Endpoint = StripeEndpoints.Connect }, [Secret], isLive: true, s_now)).Reason);

    private static string Refusal(WebhookDecision decision) => Assert.IsType<WebhookDecision.Refuse>(decision).Reason;

    private static WebhookDecision Decide(byte[] body, string endpoint = StripeEndpoints.Platform) =>
        CheckWebhook.Decide(Request(body, s_now) with { Endpoint = endpoint }, [Secret], isLive: false, s_now);

    private static WebhookRequest Request(byte[] body, DateTimeOffset at) =>
        new(StripeEndpoints.Platform, StripeSignature.Header(body, at, Secret), body);

    /// <param name="changes">Null takes the member away.</param>
    private static byte[] Event(params (string Member, object? Value)[] changes)
    {
        var made = new JsonObject
        {
            ["id"] = "evt_1", ["object"] = "event", ["api_version"] = "2026-10-28.endive",
            ["created"] = s_now.AddMinutes(-1).ToUnixTimeSeconds(),
            ["livemode"] = false, ["pending_webhooks"] = 1, ["type"] = "payment_intent.succeeded",
            ["data"] = new JsonObject { ["object"] = new JsonObject { ["id"] = "pi_1", ["object"] = "payment_intent" } },
        };
        foreach (var (member, value) in changes)
        {
            made.Remove(member);
            if (value is not null) made[member] = value as JsonNode ?? JsonValue.Create(value);
        }

        return Encoding.UTF8.GetBytes(made.ToJsonString());
    }
}
