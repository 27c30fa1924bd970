using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>What a payment does to its entry.</summary>
public sealed class PaymentDecisionTests
{
    private static readonly DateTimeOffset s_before = Build.Lock.AddHours(-1);
    private static readonly IReadOnlySet<string> s_none = new HashSet<string>();
    private static readonly IReadOnlySet<string> s_begun = new HashSet<string> { "g1" };
    private static readonly ReservedEntry s_reserved = new(
        "c1", "e1", 1, "p1", 1, "cmd", "q0,r1,w2", s_before, ReservationState.Reserved, null);

    [Fact]
    public void A_reserved_entry_that_is_paid_before_lock_takes_part() =>
        Assert.IsType<PaymentDecision.Accept>(Decide(View(), EntryPaymentStates.Paid));

    [Theory]
    [InlineData(EntryPaymentStates.RequiresPayment)]
    [InlineData(EntryPaymentStates.Declined)]
    [InlineData(EntryPaymentStates.PartlyRefunded)]
    public void Nothing_but_the_whole_payment_makes_an_entry(string state) =>
        Assert.IsType<PaymentDecision.Nothing>(Decide(View(), state));

    [Fact]
    public void Each_reason_for_which_a_payment_comes_too_late_has_a_code_of_its_own()
    {
        Assert.Equal(Reasons.ContestLocked, Refused(View(), Build.Lock));
        Assert.Equal(Reasons.ContestLocked, Refused(View() with { StartedGames = new HashSet<string> { "g1" } }, s_before));
        Assert.Equal(Reasons.ContestOver, Refused(View() with { State = ContestStates.Cancelled }, s_before));
        Assert.Equal(Reasons.ContestFull, Refused(View() with { EntryCount = 100 }, s_before));
        Assert.Equal(Reasons.PlayerLimit, Refused(View() with { PlayerEntries = 10 }, s_before));
    }

    [Fact]
    public void A_payment_that_was_given_up_refuses_the_entry() =>
        Assert.Equal(Reasons.PaymentFailed,
            Assert.IsType<PaymentDecision.Refuse>(Decide(View(), EntryPaymentStates.Cancelled)).ReasonCode);

    [Theory]
    [InlineData(StakeFunding.Wallet, "1 is missing")]
    [InlineData(StakeFunding.Card, "the payment of the entry was given up")]
    public void A_stake_that_the_wallet_does_not_hold_is_refused_in_the_words_of_the_wallet(string funding, string message)
    {
        var start = Build.Lock.AddHours(1);
        var terms = new VerifiedTermsV1(
            start, start, start, 1, 1, new ProofRulesV1(true, 0, 0, [], 1), 1, 5_000, UndecidedProofs.Pass, 0, 10_000, funding,
            PrizeTargets.Wallet);
        var view = View();
        var rules = new ContestRules(view.Rules!.Definition with { Verified = terms });

        Assert.Equal(message, Assert.IsType<PaymentDecision.Refuse>(DecidePayment.Decide(
            view with { Rules = rules }, EntryPaymentStates.Cancelled, s_before, "1 is missing")).Message);
    }

    [Fact]
    public void A_payment_given_up_because_the_contest_locked_says_so() =>
        Assert.Equal(Reasons.ContestLocked, Assert.IsType<PaymentDecision.Refuse>(
            DecidePayment.Decide(View() with { State = ContestStates.Locked }, EntryPaymentStates.Cancelled, Build.Lock))
            .ReasonCode);

    [Theory]
    [InlineData(ContestStates.Scheduled)]
    [InlineData(ContestStates.Locked)]
    [InlineData(ContestStates.Live)]
    public void What_was_paid_before_the_lock_takes_part_although_it_is_heard_of_after_it(string state)
    {
        var paidAt = Build.Lock.AddSeconds(-1);
        var then = PaidInTime.AsItWas(View() with { State = state, StartedGames = s_begun }, paidAt, Build.Lock, s_none)!.Value;

        Assert.Equal(paidAt, then.At);
        Assert.IsType<PaymentDecision.Accept>(DecidePayment.Decide(then.View, EntryPaymentStates.Paid, then.At, paidAt: paidAt));
        Assert.Equal(s_reserved.ReservedAt,
            PaidInTime.AsItWas(View() with { State = state }, s_reserved.ReservedAt.AddSeconds(-1), Build.Lock, s_none)!
                .Value.At);
    }

    [Fact]
    public void What_was_paid_after_the_lock_or_a_start_or_is_heard_of_when_entries_are_counted_does_not()
    {
        var (locked, before) = (View() with { State = ContestStates.Live }, Build.Lock.AddSeconds(-1));

        Assert.Null(PaidInTime.AsItWas(locked, Build.Lock, Build.Lock, s_none));
        Assert.Null(PaidInTime.AsItWas(locked, before, Build.Lock.AddMinutes(-5), s_none));
        Assert.Null(PaidInTime.AsItWas(locked, before, Build.Lock, s_begun));
        Assert.Null(PaidInTime.AsItWas(locked, before, null, s_none));
        foreach (var state in (string[])
            [ContestStates.Complete, ContestStates.Settled, ContestStates.Paid, ContestStates.Cancelled])
            Assert.Null(PaidInTime.AsItWas(locked with { State = state }, before, Build.Lock, s_none));
    }

    [Fact]
    public void Who_paid_after_the_lock_is_told_when_and_who_is_heard_of_late_is_not_said_to_have_paid_late()
    {
        var late = DecidePayment.Decide(
            View(), EntryPaymentStates.Paid, Build.Lock.AddMinutes(2), paidAt: Build.Lock.AddSeconds(3));
        var unknown = DecidePayment.Decide(View(), EntryPaymentStates.Paid, Build.Lock.AddMinutes(2));

        Assert.Contains("before the fee was paid", Assert.IsType<PaymentDecision.Refuse>(late).Message, StringComparison.Ordinal);
        Assert.Contains("was heard of", Assert.IsType<PaymentDecision.Refuse>(unknown).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_refunded_before_lock_leaves_and_one_refunded_later_stays()
    {
        var taking = View() with
        {
            Reserved = s_reserved with { State = ReservationState.Accepted },
            Entry = new EntryView("e1", "p1", 1, ["q0", "r1", "w2"], Withdrawn: false),
        };

        Assert.IsType<PaymentDecision.Remove>(Decide(taking, EntryPaymentStates.Refunded));
        Assert.IsType<PaymentDecision.Nothing>(Decide(taking, EntryPaymentStates.PartlyRefunded));
        Assert.IsType<PaymentDecision.Nothing>(DecidePayment.Decide(taking, EntryPaymentStates.Refunded, Build.Lock));
    }

    [Theory]
    [InlineData(ReservationState.Withdrawn)]
    [InlineData(ReservationState.Refused)]
    [InlineData(ReservationState.Accepted)]
    public void A_payment_told_twice_or_too_late_changes_nothing(string state)
    {
        var view = View() with { Reserved = s_reserved with { State = state } };

        Assert.IsType<PaymentDecision.Nothing>(Decide(view, EntryPaymentStates.Paid));
        Assert.IsType<PaymentDecision.Nothing>(Decide(view, EntryPaymentStates.Cancelled));
    }

    private static PaymentDecision Decide(CommandView view, string state) => DecidePayment.Decide(view, state, s_before);

    private static string Refused(CommandView view, DateTimeOffset now) =>
        Assert.IsType<PaymentDecision.Refuse>(DecidePayment.Decide(view, EntryPaymentStates.Paid, now)).ReasonCode;

    private static CommandView View() => new(
        new ContestRules(Build.Contest() with { EntryFeeMinor = 1_000, MaxEntries = 100, MaxEntriesPerPlayer = 10 }),
        ContestStates.Scheduled, 5, new HashSet<string>(), null, 0, Reserved: s_reserved);
}
