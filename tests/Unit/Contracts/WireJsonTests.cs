using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Contracts;

/// <summary>What is written can be read, nulls and Stripe's own JSON included.</summary>
public sealed class WireJsonTests
{
    [Fact]
    public void A_null_that_was_left_out_is_read_back_as_null()
    {
        var change = new PayoutChangedV1("p", 1, "c", 1, "player", 100, "usd", "pending", null, null, DateTimeOffset.UnixEpoch);

        var body = WireJson.Bytes(change);

        Assert.Equal(change, WireJson.Read<PayoutChangedV1>(body));
    }

    [Fact]
    public void A_null_in_an_optional_field_is_left_out()
    {
        var hint = new StripeEventV1("evt_1", "account.updated", new StripeEventDataV1(Element("{}")));

        var body = Encoding.UTF8.GetString(WireJson.Bytes(hint));

        Assert.DoesNotContain("account\":", body, StringComparison.Ordinal);
        Assert.Null(WireJson.Read<StripeEventV1>(Encoding.UTF8.GetBytes(body)).Account);
    }

    [Fact]
    public void A_raw_Stripe_event_is_read_as_it_came()
    {
        var raw =
            """{"id":"evt_1","object":"event","api_version":"x","account":"acct_1","type":"account.updated","data":{"object":{"id":"acct_1","metadata":{"player_id":"p-7"}}}}"""u8;

        var hint = WireJson.Read<StripeEventV1>(raw);

        Assert.Equal(
            ("acct_1", "p-7", "acct_1"), (hint.Data.Text("id"), hint.Data.Text("metadata", "player_id"), hint.PartitionKey));
        Assert.Null(hint.Data.Text("metadata", "player_id", "deeper"));
    }

    [Fact]
    public void A_member_of_a_Stripe_object_that_is_no_text_is_absent_and_never_a_crash()
    {
        var data = new StripeEventDataV1(Element("""{"currency":"\ud800","amount":7,"\udc00":1}"""));

        Assert.Null(data.Text("currency"));
        Assert.Equal(7, data.Whole("amount"));
        Assert.Null(data.Whole("absent"));
    }

    [Fact]
    public void A_member_in_other_capitals_is_another_member()
    {
        const string Right = """{"gameId":"g","lastSequence":3,"providerTime":"2026-01-01T00:00:00Z"}""";
        byte[] Body(string json) => Encoding.UTF8.GetBytes(json);

        var missing =
            Assert.Throws<System.Text.Json.JsonException>(() =>
                WireJson.Read<FeedHeartbeatV1>(Body(Right.Replace("gameId", "GAMEID", StringComparison.Ordinal))));
        var read = WireJson.Read<FeedHeartbeatV1>(Body(Right.Replace("{", """{"GAMEID":"other",""", StringComparison.Ordinal)));

        Assert.Contains("'gameId'", missing.Message, StringComparison.Ordinal);
        Assert.Equal(("g", 3), (read.GameId, read.LastSequence));
    }

    private static System.Text.Json.JsonElement Element(string json) => System.Text.Json.JsonDocument.Parse(json).RootElement;
}
