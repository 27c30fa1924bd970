using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Messages;

namespace ContestPipeline.Unit.Replaying;

/// <summary>What is asked of topics, where an answer goes on, and what viewers see of it.</summary>
public sealed class MessagesTests
{
    [Fact]
    public void A_place_to_go_on_from_is_read_back_as_it_was_given_and_nothing_else_is_one()
    {
        var given = MessageCursor.Of([new PartitionRange(3, 17, 20), new PartitionRange(0, 5, 9), new PartitionRange(1, 4, 4)]);

        Assert.Equal("0:5,3:17", given);
        Assert.Equal([(0, 5L), (3, 17L)], MessageCursor.Read(given!)!.Select(p => (p.Key, p.Value)).Order());
        Assert.Null(MessageCursor.Of([new PartitionRange(0, 9, 9)]));
        foreach (var wrong in new[] { "", "0", "0:-1", "0:1,0:2", "a:1", "0:1;2" }) Assert.Null(MessageCursor.Read(wrong));
    }

    [Fact]
    public void A_wish_that_cannot_be_meant_is_named()
    {
        var wish = new MessageWish(Topics.FeedGames);

        Assert.Null(wish.Fault());
        Assert.False(wish.GoesForward);
        Assert.Contains("no topic", new MessageWish("nowhere").Fault(), StringComparison.Ordinal);
        foreach (var wrong in new[]
            {
                wish with { Partition = 99_999 }, wish with { FromOffset = -1 }, wish with { After = "x" },
                wish with { NotBefore = DateTimeOffset.UnixEpoch, Before = DateTimeOffset.UnixEpoch },
                wish with { Text = new string('x', 501) },
            }) Assert.NotNull(wrong.Fault());
    }

    [Fact]
    public void Viewers_see_no_text_but_ids_of_contests_and_games_and_states_and_nobody_sees_a_secret()
    {
        var message = new FoundMessage(
            Topics.PaymentEvents, 0, 1, DateTimeOffset.UnixEpoch, "ann", "entry.payment-changed.v1",
            new Dictionary<string, string> { ["ce_id"] = "payment/ann", ["ce_type"] = "t", ["other"] = "x" },
            """{"contestId":"c","playerId":"ann","state":"paid","amountMinor":500,"clientSecret":"s","names":["Ann Lee"]}""", null);

        var viewer = MaskMessage.For(message, seesAll: false);
        var ops = MaskMessage.For(message, seesAll: true);

        Assert.Equal(
            """{"contestId":"c","playerId":"(masked)","state":"paid","amountMinor":500,"clientSecret":"(masked)","names":["(masked)"]}""",
            viewer.Body);
        Assert.Equal((MaskMessage.Masked, "ce_type"), (viewer.Key, Assert.Single(viewer.Headers).Key));
        Assert.Equal("c", MaskMessage.For(message with { Key = "c" }, seesAll: false).Key);
        Assert.Contains(
            "\"playerId\":\"ann\",\"state\":\"paid\",\"amountMinor\":500,\"clientSecret\":\"(masked)\"", ops.Body, StringComparison.Ordinal);
        Assert.Equal("ann", ops.Key);
        Assert.Equal(MaskMessage.Masked, MaskMessage.For(message with { Body = "Ann, no JSON" }, seesAll: false).Body);
    }
}
