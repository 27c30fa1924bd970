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

    [Fact]
    public void The_challenge_and_withdrawals_are_apart_from_contests_and_their_payouts()
    {
        var state = new DemoState();
        state.Apply(new LifecycleV1("c", ContestStates.Live, 3, [], Hold: null));
        state.Apply(new LifecycleV1(StakedChallenge.Id, ContestStates.Live, 3, [], Hold: null));
        state.Apply(Payment(1, EntryPaymentStates.Paid));
        state.Apply(Payment(1, EntryPaymentStates.Paid) with { ContestId = StakedChallenge.Id, EntryId = "s1" });
        state.Apply(new PayoutChangedV1("po", 1, "c", 1, "p", 100, "usd", "paid", null, null, default));
        state.Apply(new PayoutChangedV1("po-2", 1, "withdrawal/p/demo", 1, "p", 100, "usd", "paid", null, null, default));
        foreach (var (no, outcome) in ((int, string)[])[(2, ProofOutcomes.Failed), (1, ProofOutcomes.Passed)])
            state.Apply(new ProofDecidedV1(
                StakedChallenge.Id, "s1", 1, no, outcome, ProofDeciders.Votes, 2, 0, null, null, default));

        var told = state.Snapshot();

        Assert.Equal(("c", StakedChallenge.Id), (Assert.Single(told.Contests).ContestId, told.Challenge?.ContestId));
        Assert.Equal(("po", "po-2"), (Assert.Single(told.Payouts).PayoutId, Assert.Single(told.Withdrawals).PayoutId));
        Assert.Equal("e1", Assert.Single(told.Payments).Key);
        Assert.Equal(ProofOutcomes.Failed, told.Proofs["s1/1"].Outcome);
    }

    private static EntryPaymentChangedV1 Payment(int changeNo, string state) =>
        new("c", "e1", "p1", changeNo, state, 500, "usd", "pi_1", null, null, DateTimeOffset.UnixEpoch);
}
