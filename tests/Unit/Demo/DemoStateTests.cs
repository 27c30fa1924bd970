using ContestPipeline.Contracts;
using ContestPipeline.Demo;

namespace ContestPipeline.Unit.Demo;

/// <summary>What a spectator makes of topics that repeat themselves and come out of order.</summary>
public sealed class DemoStateTests
{
    [Fact]
    public void Of_a_payment_the_latest_change_counts_whenever_it_comes()
    {
        var state = new DemoState();
        state.Apply(Payment(3, EntryPaymentStates.Paid));
        state.Apply(Payment(2, EntryPaymentStates.Declined));

        Assert.Equal(EntryPaymentStates.Paid, state.Snapshot().Payments["e1"].State);
    }

    [Fact]
    public void An_approval_is_needed_only_where_a_payout_is_held_for_it()
    {
        var held = new PayoutChangedV1(
            "po", 2, "c", 1, "p", 100, "usd", "held", "approval: approval-amount (100 usd-minor, limit 50)", null, default);

        Assert.True(Prizes.NeedsApproval(held));
        Assert.False(Prizes.NeedsApproval(held with { Reason = "dispute du_1 is open" }));
        Assert.False(Prizes.NeedsApproval(held with { State = "pending" }));
    }

    private static EntryPaymentChangedV1 Payment(int changeNo, string state) =>
        new("c", "e1", "p1", changeNo, state, 500, "usd", "pi_1", null, null, DateTimeOffset.UnixEpoch);
}
