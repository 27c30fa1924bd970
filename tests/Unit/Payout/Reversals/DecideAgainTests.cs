
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Unit.Payout.Reversals;

/// <summary>When a reversal that Stripe did not make is asked for again, and how much of it.</summary>
public sealed class DecideAgainTests
{
    [Fact]
    public void Only_too_little_money_and_a_request_that_was_never_made_are_tried_again_and_not_for_ever()
    {
        var shrunk = new StripeCallAnswer.Refused("balance_insufficient", "http 400");

        Assert.All(Enumerable.Range(1, DecideAgain.TriesMax - 1),
            tryNo => Assert.True(DecideAgain.IsWorthIt(shrunk, tryNo, isBlind: false)));
        Assert.True(DecideAgain.IsWorthIt(new StripeCallAnswer.Gone("too old"), 1, isBlind: false));
        Assert.False(DecideAgain.IsWorthIt(shrunk, DecideAgain.TriesMax, isBlind: false));
        Assert.False(DecideAgain.IsWorthIt(new StripeCallAnswer.Gone("too old"), DecideAgain.TriesMax, isBlind: false));
        Assert.False(DecideAgain.IsWorthIt(new StripeCallAnswer.Refused("resource_missing", "http 404"), 1, isBlind: false));
        Assert.False(DecideAgain.IsWorthIt(new StripeCallAnswer.Success(new object(), Adopted: false), 1, isBlind: false));
    }

    [Fact]
    public void What_was_asked_for_blindly_and_refused_is_not_looked_at_again()
    {
        Assert.False(DecideAgain.IsWorthIt(new StripeCallAnswer.Refused("balance_insufficient", "http 400"), 1, isBlind: true));
        Assert.True(DecideAgain.IsWorthIt(new StripeCallAnswer.Gone("too old"), 1, isBlind: true));
    }

    [Theory]
    [InlineData(500, 900, 900, 500)]
    [InlineData(500, 200, 900, 200)]
    [InlineData(500, 900, 100, 100)]
    [InlineData(500, 0, 900, 0)]
    [InlineData(500, -300, 900, 0)]
    public void No_more_is_asked_for_than_was_wanted_than_is_there_and_than_was_paid(
        long wanted, long available, long unreversed, long asked) =>
        Assert.Equal(asked, DecideAgain.AmountMinor(wanted, available, unreversed));

    [Fact]
    public void Every_try_has_a_key_of_its_own_and_the_first_has_the_words_themselves()
    {
        var keys = Enumerable.Range(1, DecideAgain.TriesMax).Select(n => DecideAgain.Key("dispute/dp_1/reversal/po", n))
            .ToArray();

        Assert.Equal("dispute/dp_1/reversal/po", keys[0]);
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }
}
