using ContestPipeline.Contestctl.Commands;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>After a correction every figure that <c>contest show</c> writes is of the revision it stands under.</summary>
public sealed class ContestShownTests
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Payouts_and_totals_of_a_correction_do_not_mix_with_those_of_the_result_before()
    {
        var shown = ContestShown.Of([], [],
            [Settled(2, winners: 1), Settled(1, winners: 3), Settled(1, winners: 3), Less(2), Less(2)],
            [
                Payout("a", 1, 900, PayoutStates.Paid), Payout("b", 1, 600, PayoutStates.Paid),
                Payout("c", 2, 50, PayoutStates.Pending), Payout("c", 2, 50, PayoutStates.Paid, change: 2),
            ]);

        Assert.Equal([1, 2], shown.Revisions.Select(r => r.Revision));
        Assert.Equal([3, 1], shown.Revisions.Select(r => r.Result.Winners));
        Assert.Equal([new PayoutsInState("paid", 2, 1_500, "usd")], shown.Revisions[0].Payouts);
        Assert.Equal([new PayoutsInState("paid", 1, 50, "usd")], shown.Revisions[1].Payouts);
        Assert.Equal([(0, 0L), (2, 70L)], shown.Revisions.Select(r => (r.Reduced, r.ReducedNetMinor)));
        Assert.Equal(2, shown.Result!.Revision);
        Assert.Equal([new PayoutsInState("paid", 3, 1_550, "usd")], shown.Payouts);
    }

    [Fact]
    public void A_contest_without_a_result_has_no_revision() =>
        Assert.Empty(ContestShown.Of([], [], [], []).Revisions);

    private static ContestSettledV1 Settled(int revision, int winners) => new(
        "c", revision, "h", "usd", 10, 5_000, 500, 4_500, 0, 0, 4_500, 0, 4_500, 0, winners, 1, "d", s_at);

    private static ContestReductionsV1 Less(int revision) => new("c", revision, 0, "usd",
        [new PlayerAwardsV1("p", 72, 2, 70, [new PrizeV1("e1", 1, 5, 42, 1, 41), new PrizeV1("e2", 2, 4, 30, 1, 29)])]);

    private static PayoutChangedV1 Payout(string id, int revision, long amountMinor, string state, int change = 1) =>
        new(id, change, "c", revision, "p", amountMinor, "usd", state, null, null, s_at);
}
