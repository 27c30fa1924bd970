
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Unit.Payout;

/// <summary>Which of the transfers that Stripe lists is the payout's, and which may be.</summary>
public sealed class FindTransferTests
{
    private static readonly PayoutRecord s_payout = new(
        "p1", "c", 1, "player", 9_700, "usd", PayoutState.Submitting, null, 1, 1, null);
    private static readonly TransferFacts s_ours = new("tr_1", 9_700, "usd", "acct_1", "p1", "p1", DateTimeOffset.UnixEpoch);

    [Fact]
    public void Nothing_listed_is_absence() => Assert.IsType<LookUpResult.FoundNone>(Decide([], []));

    [Fact]
    public void Our_mark_in_our_group_is_ours() => Assert.Equal(new LookUpResult.Found(s_ours), Decide([s_ours], [s_ours]));

    [Theory]
    [InlineData(null)]
    [InlineData("p2")]
    public void A_transfer_of_our_group_with_another_mark_is_never_absence(string? mark)
    {
        var edited = s_ours with { PayoutIdInMetadata = mark };

        Assert.Contains(
            "tr_1", Assert.IsType<LookUpResult.Unexplained>(Decide([edited], [edited])).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transfer_of_our_group_over_another_amount_is_never_absence() =>
        Assert.IsType<LookUpResult.Unexplained>(Decide([s_ours with { PayoutIdInMetadata = null, AmountMinor = 1 }], []));

    [Theory]
    [InlineData(null)]
    [InlineData("by hand")]
    public void The_same_amount_to_the_same_account_outside_our_group_is_never_absence(string? group) =>
        Assert.IsType<LookUpResult.Unexplained>(Decide([], [s_ours with { TransferGroup = group, PayoutIdInMetadata = null }]));

    [Fact]
    public void Another_amount_or_currency_to_the_same_account_is_not_ours() =>
        Assert.IsType<LookUpResult.FoundNone>(Decide([],
            [s_ours with { TransferGroup = "x", PayoutIdInMetadata = null, AmountMinor = 9_701 },
                s_ours with { TransferGroup = "x", PayoutIdInMetadata = null, Currency = "eur" }]));

    [Fact]
    public void What_is_recorded_as_another_payouts_transfer_is_explained() =>
        Assert.IsType<LookUpResult.FoundNone>(Decide(
            [], [s_ours with { TransferId = "tr_2", TransferGroup = "p2", PayoutIdInMetadata = "p2" }], paid: ("tr_2", "p2")));

    [Fact]
    public void A_transfer_of_another_payout_whose_answer_is_not_stored_yet_is_waited_for() =>
        Assert.IsType<LookUpResult.AskAgain>(
            Decide([], [s_ours with { TransferGroup = "p2", PayoutIdInMetadata = "p2" }], undecided: "p2"));

    [Fact]
    public void A_transfer_of_another_payout_that_was_not_paid_by_it_is_never_absence() =>
        Assert.IsType<LookUpResult.Unexplained>(Decide([], [s_ours with { TransferGroup = "p2", PayoutIdInMetadata = "p2" }]));

    private static LookUpResult Decide(TransferFacts[] ofGroup, TransferFacts[] toDestination,
        (string Transfer, string Payout)? paid = null, string? undecided = null) =>
        FindTransfer.Decide(
            s_payout, new TransfersShown(TestLists.Of(ofGroup), TestLists.Of(toDestination)),
            new TransfersKnown(
                paid is { } known
                    ? new Dictionary<string, string> { [known.Transfer] = known.Payout } : new Dictionary<string, string>(),
                undecided is null ? new HashSet<string>() : new HashSet<string> { undecided }));
}
