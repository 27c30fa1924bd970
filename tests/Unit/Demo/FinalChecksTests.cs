using ContestPipeline.Contracts;
using ContestPipeline.Demo;

namespace ContestPipeline.Unit.Demo;

/// <summary>The verdict of the demo: every way in which money could be doubled, lost or not balance is named.</summary>
public sealed class FinalChecksTests
{
    [Fact]
    public void A_run_in_which_everything_agrees_has_no_fault() => Assert.Empty(FinalChecks.Faults(Good()));

    [Fact]
    public void A_second_transfer_for_one_payout_is_a_duplicate()
    {
        var good = Good();

        var faults = FinalChecks.Doubled(
            good with { Transfers = [.. good.Transfers, good.Transfers[0] with { Id = "tr_again" }] });

        Assert.Equal(["payout po-1 was transferred 2 times"], faults);
    }

    [Fact]
    public void A_transfer_for_no_payout_is_a_duplicate()
    {
        var good = Good();

        var faults = FinalChecks.Doubled(
            good with { Transfers = [.. good.Transfers, new("tr_x", 1, "usd", "acct_9", "nothing")] });

        Assert.Contains("tr_x belongs to no payout", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_payout_without_its_transfer_is_lost() =>
        Assert.Equal(["payout po-1 has no transfer"], FinalChecks.Lost(Good() with { Transfers = [] }));

    [Fact]
    public void A_transfer_of_another_amount_or_to_another_account_is_a_fault()
    {
        var good = Good();

        Assert.Single(FinalChecks.Lost(good with { Transfers = [good.Transfers[0] with { AmountMinor = 96 }] }));
        Assert.Single(FinalChecks.Lost(good with { Transfers = [good.Transfers[0] with { Destination = "acct_2" }] }));
        Assert.Single(FinalChecks.Lost(good with { Transfers = [good.Transfers[0] with { Id = "tr_other" }] }));
    }

    [Fact]
    public void An_entry_without_answer_a_parked_message_and_an_unpaid_contest_are_lost()
    {
        var good = Good();
        var contest = good.Told.Contests[0];

        Assert.Single(FinalChecks.Lost(good with { EntriesSubmitted = 2 }));
        Assert.Single(FinalChecks.Lost(good with { ParkedMessages = 1 }));
        Assert.Single(FinalChecks.Lost(good with { Told = good.Told with { Contests = [contest with { Lifecycle = null }] } }));
    }

    [Fact]
    public void A_prize_without_a_payout_of_its_amount_is_lost()
    {
        var good = Good();

        var faults = FinalChecks.Lost(good with { Payouts = [], Transfers = [] });

        Assert.Equal(["player-1 won 97 net in c; the payout is 0"], faults);
    }

    [Fact]
    public void Sums_that_differ_are_named()
    {
        var good = Good();
        var contest = good.Told.Contests[0];

        Assert.Single(FinalChecks.Unbalanced(good with { LedgerPaidMinor = 96 }));
        Assert.Single(FinalChecks.Unbalanced(good with { LedgerFault = "chain broken" }));
        Assert.Contains(
            FinalChecks.Unbalanced(
                good with { Told =
                    good.Told with { Contests = [contest with { Settled = contest.Settled! with { PoolMinor = 101 } }] } }),
            f => f.StartsWith("c: pool 101", StringComparison.Ordinal));
    }

    [Fact]
    public void A_forfeited_payout_must_be_rejected_and_have_no_transfer()
    {
        var good = Good();
        var forfeited = good with
        {
            Payouts = [good.Payouts[0] with { State = "rejected", TransferId = "" }], Transfers = [], LedgerPaidMinor = 0,
            Forfeited = new HashSet<string> { "po-1" },
        };

        Assert.Empty(FinalChecks.Faults(forfeited));
        Assert.Equal(["payout po-1 was forfeited and is paid, transfer tr_1"],
            FinalChecks.Lost(good with { Forfeited = forfeited.Forfeited }));
        Assert.Equal(["payout po-1 is rejected"], FinalChecks.Lost(forfeited with { Forfeited = new HashSet<string>() }));
    }

    [Fact]
    public void An_entry_whose_fee_was_not_paid_is_not_missed_and_may_not_play()
    {
        Assert.Empty(FinalChecks.Lost(Good() with { EntriesSubmitted = 2, EntriesUnpaid = 1 }));
        Assert.Single(FinalChecks.Lost(Good() with { EntriesSubmitted = 1, EntriesUnpaid = 1 }));
    }

    [Fact]
    public void A_withdrawal_is_no_prize_and_must_have_its_transfer()
    {
        var good = Good();
        var withdrawn = good with
        {
            Payouts = [.. good.Payouts, new("po-2", "withdrawal/player-1/demo", "player-1", 40, "usd", "paid", "tr_2")],
            Transfers = [.. good.Transfers, new("tr_2", 40, "usd", "acct_1", "po-2")], LedgerPaidMinor = 137,
        };

        Assert.Empty(FinalChecks.Faults(withdrawn));
        Assert.Equal(["payout po-2 has no transfer"], FinalChecks.Lost(withdrawn with { Transfers = good.Transfers }));
        Assert.Single(FinalChecks.Unbalanced(withdrawn with { Transfers = good.Transfers, LedgerPaidMinor = 97 }));
    }

    private static DemoFacts Good()
    {
        var at = DateTimeOffset.UnixEpoch;
        var state = new DemoState();
        state.Apply(new EntryAcceptedV1("m", "c", "e1", "player-1", [], 1, at));
        state.Apply(new EntryAcceptedV1("m", "c", "e1", "player-1", [], 1, at));
        state.Apply(new LifecycleV1("c", ContestStates.Paid, 6, [], Hold: null));
        state.Apply(new LifecycleV1("c", ContestStates.Live, 3, [], Hold: null));
        state.Apply(new ContestAwardsV1("c", 1, 0, "usd", [new("player-1", 100, 3, 97, [new("e1", 1, 10, 100, 3, 97)])]));
        state.Apply(new ContestSettledV1("c", 1, "hash", "usd", 1, 0, 0, 100, 100, 0, 100, 3, 97, 0, 1, 1, "digest", at));
        return new DemoFacts(
            EntriesSubmitted: 1, state.Snapshot(), [new("po-1", "c", "player-1", 97, "usd", "paid", "tr_1")],
            [new("tr_1", 97, "usd", "acct_1", "po-1")], new Dictionary<string, string> { ["player-1"] = "acct_1" },
            LedgerPaidMinor: 97, ParkedMessages: 0, LedgerFault: null);
    }
}
