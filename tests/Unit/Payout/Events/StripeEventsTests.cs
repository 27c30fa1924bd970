using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeEvents;

namespace ContestPipeline.Unit.Payout;

/// <summary>Which events take effect, and what is kept of one.</summary>
public sealed class StripeEventsTests
{
    [Fact]
    public void Every_type_that_the_endpoints_are_subscribed_to_is_handled_and_no_other() =>
        Assert.Equal(StripeEventTypes.Handled.Order(StringComparer.Ordinal), StripeEvents.Types.Order(StringComparer.Ordinal));

    [Fact]
    public void Types_that_Stripe_no_longer_knows_are_not_subscribed_to()
    {
        Assert.DoesNotContain(StripeEventTypes.TransferPaid, StripeEventTypes.Platform.Concat(StripeEventTypes.Connected));
        Assert.DoesNotContain(StripeEventTypes.TransferFailed, StripeEventTypes.Platform.Concat(StripeEventTypes.Connected));
    }

    [Fact]
    public void The_row_of_an_event_keeps_what_recognises_it_and_what_can_be_compared()
    {
        var transfer =
            Event(
                """{"id":"evt_1","type":"transfer.created","created":1700000000,"data":{"object":{"id":"tr_1","amount":970,"currency":"usd"}}}""");

        var row = EventRow.Of(transfer, EventSources.Sweep, DateTimeOffset.UnixEpoch);

        Assert.Equal(
            new EventRow(
                "evt_1", "transfer.created", "tr_1", null, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), 970, "usd", "sweep",
                DateTimeOffset.UnixEpoch),
            row);
    }

    [Theory]
    [InlineData("""{"id":"evt_1","type":"balance.available","created":-5,"data":{"object":{"amount":[1]}}}""")]
    [InlineData("""{"id":"evt_1","type":"balance.available","created":999999999999999,"data":{"object":{"amount":"7"}}}""")]
    [InlineData("""{"id":"evt_1","type":"balance.available","data":{"object":[]}}""")]
    public void An_event_of_a_strange_shape_has_a_row_without_the_parts_that_make_no_sense(string body)
    {
        var row = EventRow.Of(Event(body), EventSources.Webhook, DateTimeOffset.UnixEpoch);

        Assert.Equal((null, null, null), (row.ObjectId, row.Created, row.AmountMinor));
    }

    private static StripeEventV1 Event(string body) =>
        WireJson.Read<StripeEventV1>(JsonSerializer.SerializeToUtf8Bytes(JsonDocument.Parse(body).RootElement));
}
