using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What an operator is told before a parked message is given up: to the cent, who is not paid.</summary>
public sealed class MoneyAtStakeTests
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Awards_name_each_player_and_the_total_to_the_cent()
    {
        var stakes = Of(new ContestAwardsV1("c", 1, 0, "usd", [new("ann", 1_000, 100, 900, []), new("bob", 51, 0, 51, [])]));

        Assert.Equal(
            ["player ann: 9.00 usd, prize in contest c, revision 1, not paid",
                "player bob: 0.51 usd, prize in contest c, revision 1, not paid", "in total 9.51 usd"],
            MoneyAtStake.Words(stakes));
    }

    [Fact]
    public void What_settles_collects_pays_or_holds_carries_money()
    {
        Assert.Equal(200,
            Assert.Single(Of(
                new ContestSettledV1("c", 1, "h", "usd", 2, 400, 0, 400, 0, 0, 250, 50, 200, 150, 2, 1, "d", s_at))).AmountMinor);
        Assert.Equal(
            500, Assert.Single(Of(new EntryPaymentRequiredV1("m", "c", "e", "ann", 1, 500, "usd", s_at, s_at))).AmountMinor);
        Assert.Equal(500,
            Assert.Single(
                Of(new EntryPaymentChangedV1(
                    "c", "e", "ann", 1, EntryPaymentStates.Paid, 500, "usd", null, null, null, s_at))).AmountMinor);
        Assert.Single(Of(new RecallRequestedV1("c", "r", RecallPurposes.Cancel, 1, 1, "rain", "ann", s_at)));
        Assert.Single(Of(new RecallAnsweredV1("c", "r", RecallPurposes.Cancel, 1, 1, null, "rain", "ann", s_at)));
        Assert.Empty(Of(new RecallAnsweredV1("c", "r", RecallPurposes.Cancel, 1, 1, s_at, "rain", "ann", s_at)));
        Assert.Equal(70, Assert.Single(Of(new ContestReductionsV1("c", 2, 0, "usd", [new("ann", 70, 0, 70, [])]))).AmountMinor);
    }

    [Fact]
    public void A_cancelled_contest_and_a_refused_entry_name_the_fees_that_would_not_go_back()
    {
        var cancelled = new ContestCancelledV1("c", null, "too few", "rule", s_at);
        CollectedFee[] held = [new("e1", "ann", 500, "usd"), new("e2", "bob", 250, "usd")];

        var stakes = MoneyAtStake.Of(Envelope(cancelled), held);

        Assert.Equal(("c", null), MoneyAtStake.GivesBack(Envelope(cancelled)));
        Assert.Equal(
            ("c", "e"), MoneyAtStake.GivesBack(Envelope(new EntryRefusedV1("c", "e", "ann", "contest-full", "full", s_at))));
        Assert.Equal("in total 7.50 usd", MoneyAtStake.Words(stakes)[^1]);
        Assert.NotEmpty(MoneyAtStake.Of(Envelope(cancelled), []));
    }

    [Fact]
    public void What_cannot_be_read_on_a_topic_of_money_is_taken_to_carry_some_and_a_feed_message_carries_none()
    {
        var awards = Envelope(new ContestAwardsV1("c", 1, 0, "usd", []));

        Assert.Null(Assert.Single(MoneyAtStake.Of(awards with { Body = "{"u8.ToArray() }, [])).AmountMinor);
        Assert.Single(MoneyAtStake.Of(awards with { Topic = Topics.StripeWebhooks, Body = "[]"u8.ToArray() }, []));
        Assert.Empty(Of(new FeedStatusV1("g", 1, GameStatus.InProgress, s_at)));
        Assert.Empty(Of(new FeedHeartbeatV1("g", 1, s_at)));
    }

    [Fact]
    public void A_discard_of_money_waits_for_an_approver_who_is_another_person_by_whatever_spelling()
    {
        var head = new ParkedRecord(Topics.Results, 0, 7, "c", "{}", [], "wrong", s_at, 1, null, Arrival: 3);
        var ann = new DiscardAsked("Ann@example.org", s_at, "r");

        Assert.Null(DiscardAnswer.Refusal(head, carriesMoney: false, null, ann, isApprover: false));
        Assert.Equal(new DiscardAnswer.AwaitsApprover(head, ann),
            DiscardAnswer.Refusal(head, carriesMoney: true, null, ann, isApprover: true));
        Assert.IsType<DiscardAnswer.NotYours>(
            DiscardAnswer.Refusal(head, carriesMoney: true, ann, ann with { AskedBy = " ann@EXAMPLE.org" }, isApprover: true));
        Assert.IsType<DiscardAnswer.NotYours>(
            DiscardAnswer.Refusal(head, carriesMoney: true, ann, ann with { AskedBy = "bob" }, isApprover: false));
        Assert.Null(DiscardAnswer.Refusal(head, carriesMoney: true, ann, ann with { AskedBy = "bob" }, isApprover: true));
    }

    private static IReadOnlyList<Stake> Of(IMessage message) => MoneyAtStake.Of(Envelope(message), []);

    private static Envelope Envelope(IMessage message) => HarnessRecord.Of(message, "id", "tests", s_at).Envelope();
}
