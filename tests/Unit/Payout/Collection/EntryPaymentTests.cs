using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Payouts;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Payout.Collection;

/// <summary>What a reading of a payment intent means, and what goes back.</summary>
public sealed class EntryPaymentTests
{
    private static readonly DateTimeOffset s_lock = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_now = s_lock.AddHours(-1);

    private static readonly EntryPayment s_open = new(
        "c", "e", "p", 1, 2_500, "usd", s_lock, PaymentState.RequiresPayment, EntryStanding.Awaiting, null, 1,
        "pi_1", "requires_payment_method", null, null, 0, false, 0, 0, 0, 0, false, null, 1, 0);

    private static readonly PaymentFacts s_succeeded = new(
        "pi_1", "succeeded", 2_500, 2_500, "usd", "c", "e", "ch_1", null, null, "txn_1", 103, "usd");

    private static readonly PaymentFacts s_declined =
        new("pi_1", "requires_payment_method", 2_500, 0, "usd", "c", "e", "ch_0", "ch_0", "Your card was declined.", null, null,
            null);

    private static readonly EntryPayment s_paid = s_open with { State = PaymentState.Paid, ChargeId = "ch_1",
        StripeFeeMinor = 103 };

    [Fact]
    public void A_payment_is_booked_once_with_Stripes_own_fee()
    {
        Assert.Equal([new PaymentStep.Paid("ch_1"), new PaymentStep.Fee(103, "txn_1")],
            DecideEntryPayment.FromReading(s_open, s_succeeded));
        Assert.Empty(DecideEntryPayment.FromReading(s_paid, s_succeeded));
    }

    [Fact]
    public void A_fee_that_Stripe_shows_later_is_booked_later()
    {
        Assert.Equal([new PaymentStep.Paid("ch_1")],
            DecideEntryPayment.FromReading(s_open, s_succeeded with { FeeMinor = null, BalanceTransactionId = null }));
        Assert.Equal([new PaymentStep.Fee(103, "txn_1")],
            DecideEntryPayment.FromReading(s_paid with { StripeFeeMinor = null }, s_succeeded));
    }

    [Fact]
    public void A_charge_that_Stripe_turns_into_another_currency_is_paid_and_its_fee_is_none_of_the_ledgers()
    {
        Assert.Equal([new PaymentStep.Paid("ch_1"), new PaymentStep.Converted("chf")],
            DecideEntryPayment.FromReading(s_open, s_succeeded with { SettledIn = "chf" }));
        Assert.Equal([new PaymentStep.Fee(103, "txn_1")],
            DecideEntryPayment.FromReading(s_paid with { StripeFeeMinor = null }, s_succeeded with { SettledIn = "USD" }));
    }

    [Fact]
    public void A_refund_is_somebody_elses_when_neither_its_id_nor_its_mark_is_known_and_it_has_not_failed()
    {
        EntryRefund[] known =
            [Known(1, RefundState.Done, "re_1"), Known(2, RefundState.Open, null), Known(3, RefundState.Failed, null)];
        global::Stripe.Refund[] shown =
        [
            Shown("re_6", 20, null), Shown("re_5", 20, "of another system"), Shown("re_4", 10, null), Shown("re_1", 1, null),
            Shown("re_2", 2, RefundRequestHandler.Words(known[1])), Shown("re_3", 3, RefundRequestHandler.Words(known[2])),
            Shown("re_7", 5, null, "failed"), Shown("re_8", 5, null, "canceled"),
        ];

        Assert.Equal(["re_4", "re_5", "re_6"], RefundRequestHandler.ByHand(shown, known).Select(r => r.Id));

        static EntryRefund Known(int no, RefundState state, string? id) =>
            new("c", "e", no, 100, "why", "who", null, 1, state, id, ByHouse: false);

        static global::Stripe.Refund Shown(string id, int second, string? mark, string status = "succeeded") => new()
        {
            Id = id, Status = status, Amount = 100, Created = DateTime.UnixEpoch.AddSeconds(second),
            Metadata = mark is null ? null : new() { ["refund"] = mark },
        };
    }

    [Fact]
    public void A_declined_try_is_told_once_and_the_next_one_again()
    {
        var told = s_open with { State = PaymentState.Declined, DeclineMark = "ch_0" };

        Assert.Equal(
            [new PaymentStep.Declined("ch_0", "Your card was declined.")], DecideEntryPayment.FromReading(s_open, s_declined));
        Assert.Empty(DecideEntryPayment.FromReading(told, s_declined));
        Assert.Single(DecideEntryPayment.FromReading(told, s_declined with { ErrorMark = "ch_2" }));
        Assert.IsType<PaymentStep.Paid>(DecideEntryPayment.FromReading(told, s_succeeded)[0]);
    }

    [Fact]
    public void An_old_reading_never_undoes_what_is_booked()
    {
        Assert.Empty(DecideEntryPayment.FromReading(s_paid, s_declined));
        Assert.Empty(DecideEntryPayment.FromReading(s_paid with { State = PaymentState.Refunded }, s_succeeded));
        Assert.Empty(DecideEntryPayment.FromReading(s_open with { State = PaymentState.Cancelled }, s_declined));
    }

    [Fact]
    public void Every_difference_from_what_was_asked_is_named_and_nothing_is_booked()
    {
        PaymentFacts[] wrong =
        [
            s_succeeded with { AmountMinor = 2_501 }, s_succeeded with { ReceivedMinor = 2_499 },
            s_succeeded with { Currency = "eur" },
            s_succeeded with { EntryId = "other" }, s_succeeded with { ContestId = "other" },
            s_succeeded with { IntentId = "pi_2" },
            s_succeeded with { ChargeId = null },
        ];

        Assert.All(
            wrong, facts => Assert.IsType<PaymentStep.Differs>(Assert.Single(DecideEntryPayment.FromReading(s_open, facts))));
    }

    [Fact]
    public void What_no_longer_stands_is_cancelled_while_it_is_open_and_refunded_once_it_is_paid()
    {
        var open = s_open with { GiveBackReason = "late", EntryState = EntryStanding.Refused };

        Assert.IsType<MoneyStep.Nothing>(NextMoneyStep.Decide(s_open, s_now));
        Assert.IsType<MoneyStep.Nothing>(NextMoneyStep.Decide(s_paid, s_now));
        Assert.IsType<MoneyStep.CancelIntent>(NextMoneyStep.Decide(open, s_now));
        Assert.IsType<MoneyStep.Nothing>(NextMoneyStep.Decide(open with { CancelOpen = true }, s_now));
        Assert.IsType<MoneyStep.Nothing>(
            NextMoneyStep.Decide(open with { IntentId = null, State = PaymentState.Requested }, s_now));
        Assert.IsType<MoneyStep.Nothing>(NextMoneyStep.Decide(open with { StripeStatus = "processing" }, s_now));
        Assert.Equal(new MoneyStep.Refund(2_500),
            NextMoneyStep.Decide(s_paid with { GiveBackReason = "late", EntryState = EntryStanding.Refused }, s_now));
        Assert.Equal(
            new MoneyStep.Refund(1_500),
            NextMoneyStep.Decide(s_paid with { GiveBackReason = "late", RefundAskedMinor = 1_000 }, s_now));
        Assert.IsType<MoneyStep.Nothing>(
            NextMoneyStep.Decide(s_paid with { GiveBackReason = "late", RefundAskedMinor = 2_500 }, s_now));
        Assert.IsType<MoneyStep.Nothing>(
            NextMoneyStep.Decide(s_paid with { GiveBackReason = "late", RefundStuck = true }, s_now));
    }

    /// <summary>Whatever is asked in whatever order, no more goes back than was paid, and a repeated request asks once.</summary>
    [Fact]
    public void No_sequence_of_refunds_gives_back_more_than_was_paid() =>
        Prop.ForAll<(int Request, int Amount)[]>(asked =>
        {
            var payment = s_paid;
            var refunds = new List<EntryRefund>();
            foreach (var (request, amount) in asked)
            {
                var wanted = new RefundRequest($"r{request % 7}", "because", amount % 5 == 0 ? null : amount * 37L);
                if (RefundDecision.Decide(payment, refunds, wanted) is not RefundDecision.Ask ask) continue;
                payment = payment with { RefundAskedMinor = payment.RefundAskedMinor + ask.AmountMinor };
                refunds.Add(new EntryRefund(
                    "c", "e", refunds.Count + 1, ask.AmountMinor, "because", "op", wanted.RequestId, 1, RefundState.Open, null,
                    false));
            }

            Assert.InRange(payment.RefundAskedMinor, 0, 2_500);
            Assert.Equal(payment.RefundAskedMinor, refunds.Sum(r => r.AmountMinor));
            Assert.Equal(refunds.Count, refunds.Select(r => r.RequestId).Distinct().Count());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_refund_needs_a_request_id_a_reason_and_a_payment()
    {
        Assert.True(Refused(s_paid, new RefundRequest("", "x", 1)).Malformed);
        Assert.True(Refused(s_paid, new RefundRequest("r", "", 1)).Malformed);
        Assert.True(Refused(s_paid, new RefundRequest("r", "x", 0)).Malformed);
        Assert.Contains("at most 2500", Refused(s_paid, new RefundRequest("r", "x", 2_501)).Why, StringComparison.Ordinal);
        Assert.Contains("not paid", Refused(s_open, new RefundRequest("r", "x", 1)).Why, StringComparison.Ordinal);
    }

    /// <summary>
    /// In steps or at once, the same part of the fee takes the same part of the prize, and only the whole fee takes the whole
    /// prize.
    /// </summary>
    [Fact]
    public void A_prize_shrinks_with_the_fee_and_never_below_nothing() =>
        Prop.ForAll<long, long, long>((net, fee, step) =>
        {
            var prize = new RefundedPrize(
                "c", 1, "e", "p", "usd", Math.Abs(net % 1_000_000_000), 1 + Math.Abs(fee % 100_000), 0, 0, 0);
            var by = 1 + Math.Abs(step % prize.FeeMinor);
            while (prize.RefundedMinor < prize.FeeMinor)
            {
                prize = prize with { RefundedMinor = Math.Min(
                    prize.FeeMinor, prize.RefundedMinor + Math.Max(by, prize.FeeMinor / 50)) };
                Assert.True(prize.ToVoidMinor >= 0 && prize.VoidedMinor + prize.ToVoidMinor <= prize.NetMinor);
                prize = prize with { VoidedMinor = prize.VoidedMinor + prize.ToVoidMinor };
            }

            Assert.Equal(prize.NetMinor, prize.VoidedMinor);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData(PayoutState.Pending, typeof(ClawbackStep.Replace))]
    [InlineData(PayoutState.Held, typeof(ClawbackStep.Replace))]
    [InlineData(PayoutState.AwaitingAccount, typeof(ClawbackStep.Replace))]
    [InlineData(PayoutState.AwaitingFunds, typeof(ClawbackStep.Replace))]
    [InlineData(PayoutState.Submitting, typeof(ClawbackStep.Wait))]
    [InlineData(PayoutState.Paid, typeof(ClawbackStep.Tell))]
    [InlineData(PayoutState.Reversed, typeof(ClawbackStep.Tell))]
    [InlineData(PayoutState.Failed, typeof(ClawbackStep.Replace))]
    [InlineData(PayoutState.Failed, typeof(ClawbackStep.Replace), AttemptOutcome.Refused)]
    [InlineData(PayoutState.Failed, typeof(ClawbackStep.Wait), AttemptOutcome.Open)]
    [InlineData(PayoutState.Held, typeof(ClawbackStep.Tell), AttemptOutcome.Mismatch)]
    [InlineData(PayoutState.Held, typeof(ClawbackStep.Wait), AttemptOutcome.Open)]
    [InlineData(PayoutState.Held, typeof(ClawbackStep.Wait), AttemptOutcome.Paid)]
    [InlineData(PayoutState.AwaitingFunds, typeof(ClawbackStep.Replace), AttemptOutcome.Unfunded)]
    [InlineData(PayoutState.Rejected, typeof(ClawbackStep.Tell))]
    public void A_prize_is_taken_back_only_while_it_is_certain_that_it_was_not_paid(
        PayoutState state, Type step, AttemptOutcome? lastAttempt = null)
    {
        var prize = new RefundedPrize("c", 1, "e", "p", "usd", 900, 2_500, 2_500, 0, 0);
        var payout = new PayoutRecord("po", "c", 1, "p", 1_000, "usd", state, null, 1, 0, null);

        PayoutAttempt[] attempts = lastAttempt is { } outcome
            ? [new PayoutAttempt("po", 1, "payout/po/a1", "hash", "acct", default, outcome, 0, null, null)] : [];

        Assert.IsType(step, DecideClawback.Decide(prize, payout, attempts, reversedMinor: 0));
    }

    private static RefundDecision.Refuse Refused(EntryPayment payment, RefundRequest request) =>
        Assert.IsType<RefundDecision.Refuse>(RefundDecision.Decide(payment, [], request));

    [Theory]
    [InlineData("card_error", "Your card has insufficient funds.", "Your card has insufficient funds.")]
    [InlineData("invalid_request_error", "No such customer: 'cus_1'; a similar object exists in live mode", null)]
    [InlineData("api_error", "acct_1 may not use this payment method", null)]
    public void Only_what_Stripe_writes_for_customers_is_told_to_them(string type, string message, string? told)
    {
        var intent = new Stripe.PaymentIntent { Id = "pi_1", Status = "requires_payment_method", Currency = "usd",
            LastPaymentError = new Stripe.StripeError { Type = type, Message = message } };

        Assert.Equal(told, PaymentFacts.Of(intent).ErrorMessage);
    }
}
