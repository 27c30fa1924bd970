using ContestPipeline.WebConsole.Shown;

namespace ContestPipeline.Unit.WebConsole;

/// <summary>Why money does not move, what a contest waits for, how figures are written.</summary>
public sealed class WhyNotMovingTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("held", "2 payouts are held for review", "/queue?contest=c%2F1")]
    [InlineData("awaiting_funds", "Stripe's balance does not cover it", "/overview#balance")]
    [InlineData("failed", "2 failed (refused)", "/contests/c%2F1")]
    [InlineData("submitting", "sent to Stripe, the answer is not known yet", null)]
    [InlineData("result-missing", "Settlement published a result that Payout has not received", "/failures")]
    [InlineData("contest-held", "refused", "/contests/c%2F1")]
    [InlineData("pending", "2 payouts are about to be sent", null)]
    public void Each_stage_has_its_cause_and_the_page_of_its_act(string stage, string cause, string? link)
    {
        var why = WhyNotMoving.Of(new OwedRow("c/1", 1, "usd", 100, 0, stage, 2, 100, s_now, "refused"));

        Assert.Equal((cause, link), (why.Cause, why.Link));
    }

    [Fact]
    public void A_contest_says_what_it_waits_for_and_a_hold_comes_before_its_state()
    {
        Assert.Equal("game g is silent.", ContestWaits.Of("LIVE", "game g is silent", null, null, null, null));
        Assert.Equal("For its last game to end.", ContestWaits.Of("LIVE", null, null, null, null, null));
        Assert.Equal("For its start.", ContestWaits.Of("LOCKED", null, null, null, null, null, openProofs: 0));
        Assert.Equal("For its end, and for 2 proofs to be decided by votes or a referee.",
            ContestWaits.Of("LIVE", null, null, null, null, null, openProofs: 2));
        Assert.Equal("For its end, or for proofs to be handed in.",
            ContestWaits.Of("LIVE", null, null, null, null, null, openProofs: 0));
        Assert.Equal("For its result to be settled.", ContestWaits.Of("COMPLETE", null, null, null, null, null, openProofs: 0));
        Assert.Equal("Settlement waits for 3 lines.",
            ContestWaits.Of("COMPLETE", null, "waiting", "3 lines", null, null, openProofs: 0));
        Assert.Equal("Settlement waits for 3 lines.", ContestWaits.Of("COMPLETE", null, "waiting", "3 lines", null, null));
        Assert.Equal("For Payout to receive the result.", ContestWaits.Of("SETTLED", null, "settled", "", null, null));
        Assert.Equal("For nothing: every payout has ended.", ContestWaits.Of("PAID", null, "settled", "", "paid", null));
    }

    [Fact]
    public void Figures_are_written_in_their_currency_and_ages_in_one_unit()
    {
        Assert.Equal("1,234.50 USD", Written.Money(1_234_50, "usd"));
        Assert.Equal(["0 s", "59 s", "90 min", "47 h", "3 d"],
            new[] { -5.0, 59, 5400, 47 * 3600, 3 * 86_400 }.Select(s => Written.Age(s_now.AddSeconds(-s), s_now)));
        Assert.Equal("docs/runbooks/short-balance.md", Runbooks.In("See docs/runbooks/short-balance.md, then top up."));
        Assert.Null(Runbooks.In("top up"));
    }
}
