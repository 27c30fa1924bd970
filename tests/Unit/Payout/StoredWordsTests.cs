using ContestPipeline.Contracts;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Payout;

/// <summary>The words under which states are stored and published: another word is another database.</summary>
public sealed class StoredWordsTests
{
    [Fact]
    public void A_payout_s_states_have_the_words_of_the_contract() =>
        Assert.Equal(PayoutStates.All, Enum.GetValues<PayoutState>().Select(s => s.Word()));

    [Fact]
    public void The_same_states_are_ends_in_the_code_and_in_the_contract() =>
        Assert.All(Enum.GetValues<PayoutState>(), s => Assert.Equal(PayoutStates.IsTerminal(s.Word()), s.IsTerminal()));

    [Fact]
    public void The_outcomes_of_an_attempt_keep_their_words() =>
        Assert.Equal(
            ["open", "paid", "refused", "unfunded", "account", "absent", "mismatch"],
            Enum.GetValues<AttemptOutcome>().Select(o => o.Word()));

    [Fact]
    public void A_contest_s_states_and_a_refund_s_keep_their_words()
    {
        Assert.Equal(
            ["receiving", "posting", "held", "paying", "paid"], Enum.GetValues<PayingState>().Select(s => s.Word()));
        Assert.Equal(["open", "done", "failed"], Enum.GetValues<RefundState>().Select(s => s.Word()));
    }

    [Fact]
    public void What_is_no_member_has_no_word() => Assert.Throws<KeyNotFoundException>(() => ((AttemptOutcome)99).Word());
}
