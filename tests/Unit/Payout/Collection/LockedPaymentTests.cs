using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Unit.Payout.Collection;

/// <summary>Payments and the lock of their contest.</summary>
public sealed class LockedPaymentTests
{
    private static readonly DateTimeOffset s_lock = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_now = s_lock.AddHours(-1);

    private static readonly EntryPayment s_open = new(
        "c", "e", "p", 1, 2_500, "usd", s_lock, PaymentState.RequiresPayment, EntryStanding.Awaiting, null, 1, "pi_1",
        "requires_payment_method", null, null, 0, false, 0, 0, 0, 0, false, null, 1, 0);

    private static readonly EntryPayment s_paid = s_open with { State = PaymentState.Paid, ChargeId = "ch_1" };

    [Fact]
    public void An_intent_that_nobody_has_paid_is_cancelled_at_the_lock()
    {
        Assert.IsType<MoneyStep.Nothing>(NextMoneyStep.Decide(s_open, s_lock.AddSeconds(-1)));
        Assert.IsType<MoneyStep.CancelIntent>(NextMoneyStep.Decide(s_open, s_lock));
        Assert.IsType<MoneyStep.CancelIntent>(NextMoneyStep.Decide(s_open with { State = PaymentState.Declined }, s_lock));
        Assert.IsType<MoneyStep.Nothing>(NextMoneyStep.Decide(s_open with { StripeStatus = "processing" }, s_lock));
        Assert.IsType<MoneyStep.Nothing>(NextMoneyStep.Decide(s_paid, s_lock));
    }

    [Fact]
    public void An_intent_is_read_every_ten_minutes_and_at_the_lock()
    {
        Assert.Equal(s_now.AddMinutes(10), PaymentTransitions.NextReading(s_open, s_now));
        Assert.Equal(s_lock, PaymentTransitions.NextReading(s_open, s_lock.AddMinutes(-9)));
        Assert.Equal(s_lock.AddMinutes(10), PaymentTransitions.NextReading(s_open, s_lock));
    }

    [Fact]
    public void A_payment_was_made_when_Stripe_made_its_charge()
    {
        var at = new DateTime(2026, 10, 4, 16, 59, 58, DateTimeKind.Utc);
        var facts = PaymentFacts.Of(new Stripe.PaymentIntent
        {
            Id = "pi_1", Status = "succeeded", Amount = 2_500, AmountReceived = 2_500, Currency = "usd", LatestChargeId = "ch_1",
            LatestCharge = new Stripe.Charge { Id = "ch_1", Created = at },
            Metadata = new Dictionary<string, string> { ["contest_id"] = "c", ["entry_id"] = "e" },
        });

        Assert.Equal(new PaymentStep.Paid("ch_1", new DateTimeOffset(at)), DecideEntryPayment.FromReading(s_open, facts)[0]);
    }
}
